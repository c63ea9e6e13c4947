// Text for figures, through Pango: any script, right-to-left writing and emoji, measured before anything is
// drawn.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <tuple>

#include "logitlens/status.h"
#include "render/color_scale.h"

typedef struct _cairo cairo_t;  // NOLINT(bugprone-reserved-identifier): the name is Cairo's

namespace logitlens {

struct Font {
  double size = 12;  // px
  bool bold = false;
  auto operator<=>(const Font&) const = default;
};

// Px; y down, measured from the start of the line on its baseline.
struct TextExtent {
  double width = 0;                                                 // how far the pen moves
  double ink_left = 0, ink_top = 0, ink_right = 0, ink_bottom = 0;  // what is painted
};

class TextShaper {
 public:
  // Error (io): no font to be had at all.
  static Result<TextShaper> create();
  ~TextShaper();
  TextShaper(TextShaper&&) noexcept;
  TextShaper& operator=(TextShaper&&) noexcept;

  // One line of UTF-8. With `max_width` > 0 what does not fit is replaced by "…": at the end, or at the
  // start with `keep_end`.
  TextExtent measure(std::string_view text, Font font, double max_width = 0, bool keep_end = false);

  double width(std::string_view text, Font font, double max_width, bool keep_end) const;

  // At the current point's place of `cr`: start of the line, on its baseline, in the current colour.
  void draw(cairo_t* cr, std::string_view text, Font font, double max_width = 0, bool keep_end = false) const;

  // Whether any of its glyphs is a picture of its own colours, as emoji are.
  bool has_pictures(std::string_view text, Font font) const;

  // Whether the line is written from right to left (its first strong letter tells).
  bool is_right_to_left(std::string_view text) const;

  // Code points that were measured and that no font here has: they are drawn as boxes with their number.
  const std::set<std::uint32_t>& missing() const { return missing_; }

 private:
  struct Pango;
  using Key = std::tuple<std::string, Font, double, bool>;
  explicit TextShaper(std::unique_ptr<Pango> pango);
  std::unique_ptr<Pango> pango_;
  std::map<Key, TextExtent> measured_;
  std::set<std::uint32_t> missing_;
};

}  // namespace logitlens
