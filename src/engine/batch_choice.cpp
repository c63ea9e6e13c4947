#include "engine/batch_choice.h"

#include <algorithm>
#include <array>

#include "model/plan.h"

namespace logitlens {

namespace {

// Activations of a batch: about 60 MB at BERT-base's width. More rows gain nothing.
constexpr std::size_t default_rows = 3072;

// Measured on one kind of machine (docs/performance.md); only their ratios matter here.
constexpr double multiply_adds_a_second = 50e9;   // of one core
constexpr double seconds_between_phases = 20e-6;  // until every worker has noticed that there is work
constexpr double phases_a_layer = 3;              // projections, attention, the rest
struct Slowdown {
  std::size_t height;  // rows of a tile
  double factor;       // time of a row, against that in the tallest tiles
};
constexpr std::array slowdowns = {Slowdown{6, 2.4}, Slowdown{12, 1.4}, Slowdown{24, 1.1}, Slowdown{48, 1.03},
                                  Slowdown{96, 1.01}};

double slowdown(std::size_t height) {
  const auto at = std::ranges::find_if(slowdowns, [height](const Slowdown& s) { return height <= s.height; });
  return at == slowdowns.end() ? 1 : at->factor;
}

double multiply_adds_a_row(const ModelConfig& config) {
  const auto H = static_cast<double>(config.hidden), Q = static_cast<double>(config.query_width()),
             K = static_cast<double>(config.key_width()), I = static_cast<double>(config.inner);
  return H * (2 * Q + 2 * K + (config.arch->block.gated ? 3 : 2) * I);
}

}  // namespace

double estimated_batch_seconds(const ModelConfig& config, std::size_t rows, std::size_t workers) {
  const RowTiles tiles = RowTiles::cut(rows, workers);
  double rows_at_full_speed = 0;
  for (std::size_t tile = 0; tile < tiles.count(); ++tile)
    rows_at_full_speed += static_cast<double>(tiles.height(tile)) * slowdown(tiles.height(tile));
  const auto busy = static_cast<double>(std::min(tiles.count(), workers));
  const double a_layer = rows_at_full_speed * multiply_adds_a_row(config) / multiply_adds_a_second / busy +
                         phases_a_layer * seconds_between_phases;
  return a_layer * static_cast<double>(config.layers);
}

std::size_t choose_batch(const ModelConfig& config, std::size_t sequences, std::size_t tokens,
                         std::size_t most_rows, std::size_t workers) {
  const std::size_t rows = most_rows > 0 ? most_rows : default_rows;
  const std::size_t most = std::clamp<std::size_t>(rows / std::max<std::size_t>(1, tokens), 1,
                                                   std::max<std::size_t>(1, sequences));
  std::size_t best = 1;
  double least = 0;
  for (std::size_t batch = 1; batch <= most; ++batch) {
    const std::size_t whole = sequences / batch, rest = sequences % batch;
    double seconds = static_cast<double>(whole) * estimated_batch_seconds(config, batch * tokens, workers);
    if (rest > 0) seconds += estimated_batch_seconds(config, rest * tokens, workers);
    if (batch == 1 || seconds < least) {
      best = batch;
      least = seconds;
    }
  }
  return best;
}

}  // namespace logitlens
