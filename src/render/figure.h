// Pictures of a table. A figure is one file with one function here, and one line in the registry
// (figure.cpp).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "logitlens/report.h"
#include "logitlens/table.h"
#include "render/canvas.h"

namespace logitlens {

struct Palette {
  Rgb paper, ink, muted, faint;
};
const Palette& palette_of(Theme theme);

// What a figure's function is given: the canvas and what to draw on it.
struct FigureInput {
  Canvas& canvas;
  const LensTable& table;
  FigureOptions options;
  const Palette& palette;
  std::vector<const Row*> rows;  // those asked for, in the table's order
};

struct Figure {
  FigureInfo info;
  std::string default_statistic;  // empty: --stat does not concern it
  std::string without_target;     // the default where no row has a target; empty: the same
  Status (*draw)(FigureInput& input) = nullptr;
  // Curves against the number of a layer have no place for the states inside it: such a figure is given the outputs alone.
  bool outputs_only = false;
};

const std::vector<Figure>& figure_registry();

// Draws one on a new canvas.
Result<Canvas> draw_figure(const LensTable& table, const FigureOptions& options);

Status draw_heatmap(FigureInput& input);
Status draw_panels(FigureInput& input);
Status draw_text_heatmap(FigureInput& input);
Status draw_laminar(FigureInput& input);
Status draw_trajectories(FigureInput& input);

}  // namespace logitlens
