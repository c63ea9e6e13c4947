// What every figure has: a title, what it was made from, and below it how to read it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "render/figure.h"
#include "render/table_words.h"

namespace logitlens {

inline constexpr double kMargin = 28;  // px of paper on every side
inline constexpr Font kTitleFont{17, true}, kHeadingFont{12.5, true}, kTextFont{12}, kSmallFont{11};

// The width asked for; without one what `content` needs, within what title and notes read well in.
double figure_width(const FigureOptions& options, double content);

// Px for the content where no width was asked for: as wide as a figure becomes by itself.
double content_room(const FigureOptions& options);

// The model's id; of a path, its last part.
std::string model_name(const LensTable& table);

// Title, model, lens (or `lenses`, in its place), mask and texts, from the top. Returns y below them.
double draw_header(FigureInput& input, std::string_view title, double width, std::string_view lenses = "");

// Text in lines of `step` px from the baseline y on; returns the next line's. For what is not a header or a footer.
double draw_lines(FigureInput& input, const std::vector<std::string>& lines, Font font, Rgb color, Point at,
                  double step, double width);

// In place of the content: there are no rows, or no layers.
void draw_nothing(FigureInput& input);

// Sentences below the content, which ends at y, and letters that are missing; sets the canvas's size.
void draw_footer(FigureInput& input, std::vector<std::string> sentences, double y, double width);

// `words` in lines that are at most `width` px wide, as far as spaces allow.
std::vector<std::string> wrap_to(Canvas& canvas, std::string_view words, Font font, double width);

// "best_z" -> "z of the best token"; a statistic this does not know by its name.
std::string statistic_words(const LensTable& table, const StatisticInfo& info);

// What z and log-probabilities are.
std::string statistic_sentence(const LensTable& table, const StatisticInfo& info);

// 30522 -> "30,522".
std::string grouped(int number);

const StatisticInfo* find_statistic(std::string_view name);

// The token at a row's position as a person reads it.
std::string token_text(const LensTable& table, const Row& row);

// What is said at a position so named, where it is about another token; else nothing.
std::string names_sentence(const LensTable& table);

}  // namespace logitlens
