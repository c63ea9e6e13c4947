#include "render/display_width.h"

#include <fmt/format.h>
#include <utf8proc.h>

#include <cstddef>
#include <vector>

#include "base/escape.h"
#include "logitlens/report.h"

namespace logitlens {
namespace {

// One grapheme cluster, or one escape: what is never cut in two.
using Clusters = std::vector<ShownText>;

constexpr utf8proc_int32_t kZeroWidthJoiner = 0x200d;
constexpr std::string_view kLeftToRightMark = "\u200e", kDottedCircle = "\u25cc", kJamoFiller = "\u115f";

// Hangul vowels and final consonants take no column of their own: they join the syllable's first consonant.
bool is_joining_jamo(utf8proc_int32_t c) {
  return (c >= 0x1160 && c <= 0x11ff) || (c >= 0xd7b0 && c <= 0xd7ff);
}

// Variation selectors ask for a picture or a plain sign; terminals follow them in different widths.
bool is_presentation_selector(utf8proc_int32_t c) { return c == 0xfe0e || c == 0xfe0f; }

bool is_right_to_left(utf8proc_int32_t c) {
  const int direction = utf8proc_get_property(c)->bidi_class;
  return direction == UTF8PROC_BIDI_CLASS_R || direction == UTF8PROC_BIDI_CLASS_AL;
}

int columns(utf8proc_int32_t c) { return is_joining_jamo(c) ? 0 : utf8proc_charwidth(c); }

// Builds clusters from code points; knows where one cluster ends and the next begins.
class ClusterBuilder {
 public:
  void add_escape(std::string bytes) {
    const int width = static_cast<int>(bytes.size());
    clusters_.push_back({std::move(bytes), width});
    previous_ = 0;
  }

  void add(utf8proc_int32_t c, std::string_view bytes) {
    if (is_presentation_selector(c)) return;
    if (starts_cluster(c)) {
      clusters_.emplace_back();
      if (columns(c) == 0) lend_a_base(c);
    }
    ShownText& cluster = clusters_.back();
    const bool joins_pictures = c == kZeroWidthJoiner && cluster.width >= 2;
    if (!joins_pictures) cluster.bytes += bytes;
    cluster.width += columns(c);
    right_to_left_ = right_to_left_ || is_right_to_left(c);
  }

  Clusters clusters_;
  bool right_to_left_ = false;

 private:
  bool starts_cluster(utf8proc_int32_t c) {
    const bool starts = previous_ == 0 || utf8proc_grapheme_break_stateful(previous_, c, &state_);
    if (starts) state_ = 0;
    previous_ = c;
    return starts;
  }

  // A mark alone would be drawn over whatever stands before it.
  void lend_a_base(utf8proc_int32_t c) {
    const bool jamo = is_joining_jamo(c);
    clusters_.back().bytes = jamo ? kJamoFiller : kDottedCircle;
    clusters_.back().width = jamo ? 2 : 1;
  }

  utf8proc_int32_t previous_ = 0, state_ = 0;
};

ClusterBuilder split(std::string_view text) {
  ClusterBuilder builder;
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  for (std::size_t at = 0; at < text.size();) {
    utf8proc_int32_t c = 0;
    const auto length = utf8proc_iterate(bytes + at, static_cast<utf8proc_ssize_t>(text.size() - at), &c);
    const std::size_t used = length > 0 ? static_cast<std::size_t>(length) : 1;
    if (length <= 0) {
      builder.add_escape(fmt::format("\\x{:02x}", bytes[at]));
    } else if (needs_escape(c)) {
      builder.add_escape(escape_of(c));
    } else {
      builder.add(c, text.substr(at, used));
    }
    at += used;
  }
  return builder;
}

// On terminals that reorder right-to-left scripts, marks on both sides keep the neighbouring cells in their
// places.
ShownText guarded(ShownText text, bool right_to_left) {
  if (right_to_left) text.bytes = std::string(kLeftToRightMark) + text.bytes + std::string(kLeftToRightMark);
  return text;
}

void append(ShownText& text, const ShownText& cluster) {
  text.bytes += cluster.bytes;
  text.width += cluster.width;
}

}  // namespace

ShownText shown(std::string_view text) {
  const ClusterBuilder split_text = split(text);
  ShownText all;
  for (const ShownText& cluster : split_text.clusters_) append(all, cluster);
  return guarded(std::move(all), split_text.right_to_left_);
}

ShownText shown(std::string_view text, int max_width) {
  const ClusterBuilder split_text = split(text);
  ShownText whole, cut;  // cut: what still leaves a column for the ellipsis
  for (const ShownText& cluster : split_text.clusters_) {
    if (cut.width == whole.width && whole.width + cluster.width <= max_width - 1) append(cut, cluster);
    append(whole, cluster);
  }
  if (whole.width <= max_width) return guarded(std::move(whole), split_text.right_to_left_);
  append(cut, {"…", 1});
  return guarded(std::move(cut), split_text.right_to_left_);
}

std::string printable(std::string_view text) { return shown(text).bytes; }

}  // namespace logitlens
