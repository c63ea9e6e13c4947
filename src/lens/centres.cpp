#include "lens/centres.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "kernels/double_products.h"
#include "lens/screened_decoder.h"

namespace logitlens {

namespace {

constexpr std::size_t most_centres = 8, rows_a_centre = 8;
constexpr std::size_t most_rows = 512;  // that are looked at
constexpr int rounds = 4;               // of Lloyd's algorithm: rows have found their place long before

double squared_distance(const float* row, double row_squared, const Centre& centre, std::size_t H) {
  return row_squared - 2 * dot_double(row, centre.mean.data(), H) + centre.squared;
}

std::size_t index_of_nearest(const std::vector<Centre>& centres, const float* row, std::size_t H) {
  std::size_t best = 0;
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t c = 0; c < centres.size(); ++c) {
    const double distance = squared_distance(row, 0, centres[c], H);
    if (distance < least) least = distance, best = c;
  }
  return best;
}

// Of the rows that `take(r)` is true of; all zeros if there are none.
template <class Take>
Centre mean_of(ConstMatrix x, const Take& take) {
  Centre centre;
  centre.mean.assign(x.cols, 0.0);
  double count = 0;
  for (std::size_t r = 0; r < x.rows; ++r) {
    if (!take(r)) continue;
    count += 1;
    for (std::size_t h = 0; h < x.cols; ++h) centre.mean[h] += static_cast<double>(x.row(r)[h]);
  }
  for (double& mean : centre.mean) {
    mean /= std::max(1.0, count);
    centre.squared += mean * mean;
  }
  return centre;
}

Centre centre_at(ConstMatrix x, std::size_t row) {
  return mean_of(x, [row](std::size_t r) { return r == row; });
}

std::vector<double> squares(ConstMatrix x) {
  std::vector<double> squared(x.rows);
  for (std::size_t r = 0; r < x.rows; ++r) squared[r] = dot_double(x.row(r), x.row(r), x.cols);
  return squared;
}

// Rows: the one farthest from the mean, then again and again the one farthest from those chosen before. The mean itself would
// draw all rows to it: in many dimensions it is nearer to each than any other row is.
std::vector<Centre> spread_out(ConstMatrix x, std::size_t count) {
  const std::vector<double> squared = squares(x);
  std::vector<double> distance(x.rows, std::numeric_limits<double>::infinity());
  const auto farthest_from = [&](const Centre& centre) {
    for (std::size_t r = 0; r < x.rows; ++r)
      distance[r] = std::min(distance[r], squared_distance(x.row(r), squared[r], centre, x.cols));
    return centre_at(x, static_cast<std::size_t>(std::ranges::max_element(distance) - distance.begin()));
  };
  std::vector<Centre> centres{farthest_from(mean_of(x, [](std::size_t) { return true; }))};
  std::ranges::fill(distance, std::numeric_limits<double>::infinity());
  while (centres.size() < count) centres.push_back(farthest_from(centres.back()));
  return centres;
}

void move_to_means(ConstMatrix x, std::vector<Centre>& centres) {
  std::vector<std::size_t> nearest(x.rows);
  for (std::size_t r = 0; r < x.rows; ++r) nearest[r] = index_of_nearest(centres, x.row(r), x.cols);
  for (std::size_t c = 0; c < centres.size(); ++c)
    if (std::ranges::find(nearest, c) != nearest.end())
      centres[c] = mean_of(x, [&](std::size_t r) { return nearest[r] == c; });
}

// What the centres say of every id.
void multiply_decoder(const ScreenedDecoder& screened, std::vector<Centre>& centres, ThreadTeam& team) {
  const Weight& decoder = screened.decoder();
  const std::size_t H = decoder.cols;
  for (Centre& centre : centres) centre.base.resize(decoder.rows);
  team.parallel_for(screened.tiles(), [&](std::size_t tile, int) {
    const std::size_t first = tile * ScreenedDecoder::tile_ids;
    for (std::size_t id = first; id < first + screened.ids_of(tile); ++id)
      for (Centre& centre : centres)
        centre.base[id] = static_cast<float>(dot_double(decoder.data + id * H, centre.mean.data(), H) +
                                             static_cast<double>(screened.bias_of(id)));
  });
  for (Centre& centre : centres) {
    for (float base : centre.base)
      centre.largest_base = std::max(centre.largest_base, std::abs(static_cast<double>(base)));
    for (std::size_t h = 0; h < H; ++h) centre.on_mean += centre.mean[h] * screened.moments().mean()[h];
  }
}

// At most `most_rows` of those named, evenly chosen. [n, H]
std::vector<float> sample(ConstMatrix x, std::span<const std::size_t> rows) {
  const std::size_t count = std::min(rows.size(), most_rows);
  std::vector<float> sample(count * x.cols);
  for (std::size_t s = 0; s < count; ++s)
    std::memcpy(sample.data() + s * x.cols, x.row(rows[s * rows.size() / count]), x.cols * sizeof(float));
  return sample;
}

// Whether the rows are farther from the centres than from their own mean.
bool serve_badly(const Centres& centres, ConstMatrix x) {
  const Centre own = mean_of(x, [](std::size_t) { return true; });
  const std::vector<double> squared = squares(x);
  double from_own = 0, from_centres = 0;
  for (std::size_t r = 0; r < x.rows; ++r) {
    from_own += squared_distance(x.row(r), squared[r], own, x.cols);
    from_centres += squared_distance(x.row(r), squared[r], centres.nearest(x.row(r), x.cols), x.cols);
  }
  return from_centres > from_own;
}

}  // namespace

Centres Centres::learn(const ScreenedDecoder& decoder, ConstMatrix x, ThreadTeam& team) {
  Centres centres;
  centres.all_ = spread_out(x, std::clamp<std::size_t>(x.rows / rows_a_centre, 1, most_centres));
  for (int round = 0; round < rounds; ++round) move_to_means(x, centres.all_);
  multiply_decoder(decoder, centres.all_, team);
  return centres;
}

const Centre& Centres::nearest(const float* row, std::size_t hidden) const {
  return all_[index_of_nearest(all_, row, hidden)];
}

std::shared_ptr<const Centres> KeptCentres::serving(const ScreenedDecoder& decoder, ConstMatrix x,
                                                    std::span<const std::size_t> bounded, ThreadTeam& team) {
  const std::vector<float> some = sample(x, bounded);
  const ConstMatrix rows{some.data(), some.size() / x.cols, x.cols, x.cols};
  std::unique_lock lock(mutex_);
  std::shared_ptr<const Centres> kept = kept_;
  lock.unlock();
  // A few rows are always near their own mean: they take what there is.
  if (kept && (rows.rows < 2 * rows_a_centre || !serve_badly(*kept, rows))) return kept;
  auto learnt = std::make_shared<const Centres>(Centres::learn(decoder, rows, team));
  lock.lock();
  kept_ = learnt;
  return learnt;
}

}  // namespace logitlens
