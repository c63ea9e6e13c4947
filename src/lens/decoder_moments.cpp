#include "lens/decoder_moments.h"

#include <algorithm>

#include "base/checked.h"
#include "kernels/double_products.h"

namespace logitlens {

namespace {

constexpr std::size_t panel_ids = 64;            // decoder rows at once: they stay in the second-level cache
constexpr std::size_t stripe = 4 * double_tile;  // rows of C that one task computes
constexpr std::size_t task_rows = 24 * double_rows;

// d_v in double, [width], zeros behind.
void load_row(const Weight& decoder, const float* bias, std::size_t id, double* row, std::size_t width) {
  const std::size_t H = decoder.cols;
  for (std::size_t h = 0; h < H; ++h) row[h] = static_cast<double>(float_at(decoder.data, id * H + h));
  std::fill(row + H, row + width, 0.0);
  if (bias) row[H] = static_cast<double>(float_at(bias, id));
}

}  // namespace

Result<DecoderMoments> DecoderMoments::compute(const Weight& decoder, const float* bias, ThreadTeam& team) {
  DecoderMoments moments;
  const std::size_t V = decoder.rows;
  moments.hidden_ = decoder.cols;
  moments.biased_ = bias != nullptr;
  moments.width_ = round_up(decoder.cols + (bias ? 1 : 0), stripe);
  const std::size_t width = moments.width_;
  moments.mean_.assign(width, 0.0);
  moments.covariance_.assign(width * width, 0.0);

  // Means of panels, added up in order: as exact as double needs, and the same whoever adds which.
  const std::size_t panels = (V + panel_ids - 1) / panel_ids;
  std::vector<double> panel_sums(panels * width, 0.0);
  team.parallel_for(panels, [&](std::size_t panel, int) {
    std::vector<double> row(width);
    for (std::size_t id = panel * panel_ids; id < std::min(V, (panel + 1) * panel_ids); ++id) {
      load_row(decoder, bias, id, row.data(), width);
      for (std::size_t h = 0; h < width; ++h) panel_sums[panel * width + h] += row[h];
    }
  });
  for (std::size_t panel = 0; panel < panels; ++panel)
    for (std::size_t h = 0; h < width; ++h) moments.mean_[h] += panel_sums[panel * width + h];
  for (double& mean : moments.mean_) mean /= static_cast<double>(V);

  // A task owns its rows of C and reads all ids in order. The first stripes have most columns: they go first.
  team.parallel_for(width / stripe, [&](std::size_t task, int) {
    std::vector<double> panel(panel_ids * width);
    for (std::size_t first = 0; first < V; first += panel_ids) {
      const std::size_t count = std::min(panel_ids, V - first);
      for (std::size_t i = 0; i < count; ++i) {
        double* row = panel.data() + i * width;
        load_row(decoder, bias, first + i, row, width);
        for (std::size_t h = 0; h < width; ++h) row[h] -= moments.mean_[h];
      }
      add_gram_stripe(panel.data(), count, width, task * stripe, stripe, moments.covariance_.data());
    }
  });
  for (double& element : moments.covariance_) element /= static_cast<double>(V);
  return moments;
}

Result<std::vector<LogitMoments>> DecoderMoments::of_rows(ConstMatrix x, ThreadTeam& team) const {
  std::vector<LogitMoments> moments(x.rows);
  // An even number of equal tasks.
  const std::size_t tasks = round_up((x.rows + task_rows - 1) / task_rows, 2);
  team.parallel_for(tasks, [&](std::size_t task, int) {
    const std::size_t first = x.rows * task / tasks, count = x.rows * (task + 1) / tasks - first;
    const std::size_t blocks = (count + double_rows - 1) / double_rows;
    std::vector<double> u(blocks * width_ * double_rows, 0.0), variances(blocks * double_rows);
    for (std::size_t r = 0; r < count; ++r) {
      const float* row = x.row(first + r);
      double* to = u.data() + r / double_rows * double_rows * width_ + r % double_rows;
      for (std::size_t h = 0; h < hidden_; ++h) to[h * double_rows] = static_cast<double>(row[h]);
      if (biased_) to[hidden_ * double_rows] = 1.0;
    }
    quadratic_forms(u.data(), blocks, width_, covariance_.data(), variances.data());
    for (std::size_t r = 0; r < count; ++r)
      moments[first + r] = {
          dot_double(x.row(first + r), mean_.data(), hidden_) + (biased_ ? mean_[hidden_] : 0.0),
          std::max(0.0, variances[r])};
  });
  return moments;
}

}  // namespace logitlens
