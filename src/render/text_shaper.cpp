#include "render/text_shaper.h"

#include <pango/pangocairo.h>

#include <algorithm>
#include <utility>

namespace logitlens {
namespace {

// Families in the order they are asked; fontconfig goes on from there for every script they lack. The emoji
// font is not among them: it has digits too, and Pango finds it for what is an emoji.
constexpr const char* kFamilies =
    "Noto Sans, Noto Sans Math, Noto Sans CJK SC, Noto Sans Arabic, Noto Sans Devanagari, sans-serif";

struct Unref {
  void operator()(void* object) const { g_object_unref(object); }
};
template <class T>
using Owned = std::unique_ptr<T, Unref>;

// Calls visit(run) for every piece of a line that has one font.
template <class Visit>
void each_run(PangoLayout* layout, const Visit& visit) {
  for (GSList* lines = pango_layout_get_lines_readonly(layout); lines != nullptr; lines = lines->next)
    for (GSList* runs = static_cast<PangoLayoutLine*>(lines->data)->runs; runs != nullptr; runs = runs->next)
      visit(*static_cast<PangoLayoutRun*>(runs->data));
}

// Code points for which Pango found no glyph.
void add_missing(PangoLayout* layout, std::set<std::uint32_t>& missing) {
  if (pango_layout_get_unknown_glyphs_count(layout) == 0) return;
  each_run(layout, [&missing](const PangoLayoutRun& run) {
    for (int i = 0; i < run.glyphs->num_glyphs; ++i) {
      const PangoGlyph glyph = run.glyphs->glyphs[i].glyph;
      if (glyph != PANGO_GLYPH_EMPTY && (glyph & PANGO_GLYPH_UNKNOWN_FLAG) != 0)
        missing.insert(glyph & ~PANGO_GLYPH_UNKNOWN_FLAG);
    }
  });
}

// The language a script is taken to be in. Pango would ask the user's environment, and draw the same Han
// letters in their Japanese shapes for one user and in their Chinese ones for another.
const char* language_of(GUnicodeScript script, bool has_kana) {
  switch (script) {
    case G_UNICODE_SCRIPT_HAN: return has_kana ? "ja" : "zh-cn";
    case G_UNICODE_SCRIPT_HIRAGANA:
    case G_UNICODE_SCRIPT_KATAKANA: return "ja";
    case G_UNICODE_SCRIPT_HANGUL: return "ko";
    case G_UNICODE_SCRIPT_ARABIC: return "ar";
    case G_UNICODE_SCRIPT_HEBREW: return "he";
    case G_UNICODE_SCRIPT_DEVANAGARI: return "hi";
    case G_UNICODE_SCRIPT_BENGALI: return "bn";
    case G_UNICODE_SCRIPT_CYRILLIC: return "ru";
    default: return nullptr;
  }
}

bool is_kana(gunichar c) {
  const GUnicodeScript script = g_unichar_get_script(c);
  return script == G_UNICODE_SCRIPT_HIRAGANA || script == G_UNICODE_SCRIPT_KATAKANA;
}

// `text` is valid UTF-8.
void set_languages(PangoLayout* layout, std::string_view text) {
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  bool has_kana = false;
  for (const char* at = begin; at < end; at = g_utf8_next_char(at))
    has_kana = has_kana || is_kana(g_utf8_get_char(at));
  PangoAttrList* attributes = pango_attr_list_new();
  const char* language = nullptr;
  for (const char* at = begin; at < end; at = g_utf8_next_char(at)) {
    const GUnicodeScript script = g_unichar_get_script(g_utf8_get_char(at));
    // Marks and spaces belong to the letters before them: no word is cut in two.
    if (script != G_UNICODE_SCRIPT_COMMON && script != G_UNICODE_SCRIPT_INHERITED)
      language = language_of(script, has_kana);
    if (language == nullptr) continue;
    PangoAttribute* attribute = pango_attr_language_new(pango_language_from_string(language));
    attribute->start_index = static_cast<guint>(at - begin);
    attribute->end_index = static_cast<guint>(g_utf8_next_char(at) - begin);
    pango_attr_list_change(attributes, attribute);
  }
  pango_layout_set_attributes(layout, attributes);
  pango_attr_list_unref(attributes);
}

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

double px(int units) { return static_cast<double>(units) / PANGO_SCALE; }

}  // namespace

struct TextShaper::Pango {
  Owned<PangoFontMap> fonts;
  Owned<PangoContext> context;

  Owned<PangoLayout> layout(std::string_view text, Font font, double max_width, bool keep_end) const {
    Owned<PangoLayout> layout(pango_layout_new(context.get()));
    PangoFontDescription* description = pango_font_description_new();
    pango_font_description_set_family_static(description, kFamilies);
    pango_font_description_set_weight(description, font.bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_font_description_set_absolute_size(description, font.size * PANGO_SCALE);
    pango_layout_set_font_description(layout.get(), description);
    pango_font_description_free(description);
    pango_layout_set_single_paragraph_mode(layout.get(), TRUE);
    pango_layout_set_text(layout.get(), text.data(), static_cast<int>(text.size()));
    if (!is_ascii(text)) set_languages(layout.get(), text);
    if (max_width > 0) {
      pango_layout_set_width(layout.get(), static_cast<int>(max_width * PANGO_SCALE));
      pango_layout_set_ellipsize(layout.get(), keep_end ? PANGO_ELLIPSIZE_START : PANGO_ELLIPSIZE_END);
    }
    return layout;
  }
};

TextShaper::TextShaper(std::unique_ptr<Pango> pango) : pango_(std::move(pango)) {}
TextShaper::~TextShaper() = default;
TextShaper::TextShaper(TextShaper&&) noexcept = default;
TextShaper& TextShaper::operator=(TextShaper&&) noexcept = default;

Result<TextShaper> TextShaper::create() {
  auto pango = std::make_unique<Pango>();
  pango->fonts.reset(pango_cairo_font_map_new());
  pango->context.reset(pango_font_map_create_context(pango->fonts.get()));
  // Nothing of the user's screen or language: the same figure everywhere.
  cairo_font_options_t* options = cairo_font_options_create();
  cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
  cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
  pango_cairo_context_set_font_options(pango->context.get(), options);
  cairo_font_options_destroy(options);
  pango_context_set_round_glyph_positions(pango->context.get(), FALSE);
  pango_context_set_language(pango->context.get(), pango_language_from_string("en"));

  // Without fonts Pango still names some families, and draws every letter as a box.
  const auto letter = pango->layout("a", {}, 0, false);
  if (pango_layout_get_unknown_glyphs_count(letter.get()) > 0) {
    return Error{Code::io,
                 "",
                 "fonts",
                 "none that has the letter a",
                 "at least one",
                 "Install the package fonts-noto-core, or any other font",
                 {}};
  }
  return TextShaper(std::move(pango));
}

TextExtent TextShaper::measure(std::string_view text, Font font, double max_width, bool keep_end) {
  Key key(std::string(text), font, max_width, keep_end);
  if (const auto known = measured_.find(key); known != measured_.end()) return known->second;
  const auto layout = pango_->layout(text, font, max_width, keep_end);
  add_missing(layout.get(), missing_);
  PangoRectangle ink, logical;
  pango_layout_get_extents(layout.get(), &ink, &logical);
  const int baseline = pango_layout_get_baseline(layout.get());
  const TextExtent extent = {px(logical.width), px(ink.x - logical.x), px(ink.y - baseline),
                             px(ink.x + ink.width - logical.x), px(ink.y + ink.height - baseline)};
  measured_.emplace(std::move(key), extent);
  return extent;
}

double TextShaper::width(std::string_view text, Font font, double max_width, bool keep_end) const {
  const auto layout = pango_->layout(text, font, max_width, keep_end);
  PangoRectangle logical;
  pango_layout_get_extents(layout.get(), nullptr, &logical);
  return px(logical.width);
}

void TextShaper::draw(cairo_t* cr, std::string_view text, Font font, double max_width, bool keep_end) const {
  const auto layout = pango_->layout(text, font, max_width, keep_end);
  PangoRectangle logical;
  pango_layout_get_extents(layout.get(), nullptr, &logical);
  cairo_rel_move_to(cr, -px(logical.x), -px(pango_layout_get_baseline(layout.get())));
  pango_cairo_show_layout(cr, layout.get());
}

bool TextShaper::has_pictures(std::string_view text, Font font) const {
  const auto layout = pango_->layout(text, font, 0, false);
  bool found = false;
  each_run(layout.get(), [&found](const PangoLayoutRun& run) {
    PangoFontDescription* description = pango_font_describe(run.item->analysis.font);
    const char* family = pango_font_description_get_family(description);
    found = found || (family != nullptr && std::string_view(family).find("Emoji") != std::string_view::npos);
    pango_font_description_free(description);
  });
  return found;
}

bool TextShaper::is_right_to_left(std::string_view text) const {
  const auto layout = pango_->layout(text, {}, 0, false);
  PangoLayoutLine* line = pango_layout_get_line_readonly(layout.get(), 0);
  return line != nullptr && pango_layout_line_get_resolved_direction(line) == PANGO_DIRECTION_RTL;
}

}  // namespace logitlens
