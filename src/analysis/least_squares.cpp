#include "analysis/least_squares.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

namespace logitlens {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kTwoLinePoints = 4;
// Sums of squares below this share of the values' own are rounding, not misfit.
constexpr double kRounding = 1e-24;

bool all_finite(std::span<const double> values) {
  return std::all_of(values.begin(), values.end(), [](double value) { return std::isfinite(value); });
}

double mean(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double sum_of_squares(std::span<const double> values) {
  return std::inner_product(values.begin(), values.end(), values.begin(), 0.0);
}

std::vector<double> centred(std::span<const double> values) {
  const double middle = mean(values);
  std::vector<double> out(values.begin(), values.end());
  for (double& value : out) value -= middle;
  return out;
}

double dot(std::span<const double> a, std::span<const double> b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

// What `basis` explains of `values` taken out of them; the coefficient.
double remove_projection(std::vector<double>& values, std::span<const double> basis) {
  const double coefficient = dot(values, basis) / dot(basis, basis);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] -= coefficient * basis[i];
  return coefficient;
}

// The two lines that meet at point `bend`: y on 1, x and the hinge max(0, x - x[bend]), made orthogonal one by one.
TwoLines fit_at(std::span<const double> x, std::span<const double> y, std::size_t bend) {
  std::vector<double> hinge(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) hinge[i] = std::max(0.0, x[i] - x[bend]);
  const std::vector<double> slope = centred(x);
  std::vector<double> rest = centred(y), turn = centred(hinge);
  const double hinge_on_x = remove_projection(turn, slope);
  const double along = remove_projection(rest, slope);
  TwoLines fit{.bend = bend};
  fit.straight_sse = sum_of_squares(rest);
  const double turned = remove_projection(rest, turn);
  fit.sse = sum_of_squares(rest);
  fit.before = along - turned * hinge_on_x;
  fit.after = fit.before + turned;
  fit.at_bend = mean(y) + fit.before * (x[bend] - mean(x)) - turned * mean(hinge);
  return fit;
}

}  // namespace

Line fit_line(std::span<const double> x, std::span<const double> y) {
  const Line none = {kNaN, kNaN, kNaN};
  if (x.size() != y.size()) return none;
  std::vector<double> xs, ys;
  for (std::size_t i = 0; i < x.size(); ++i)
    if (std::isfinite(x[i]) && std::isfinite(y[i])) {
      xs.push_back(x[i]);
      ys.push_back(y[i]);
    }
  if (xs.size() < 2 || *std::ranges::min_element(xs) == *std::ranges::max_element(xs)) return none;

  const std::vector<double> dx = centred(xs);
  std::vector<double> rest = centred(ys);
  const double total = sum_of_squares(rest);
  const double slope = remove_projection(rest, dx);
  const double r2 = total > kRounding * sum_of_squares(ys) ? 1 - sum_of_squares(rest) / total : kNaN;
  return {mean(ys) - slope * mean(xs), slope, r2};
}

Line fit_sqrt(std::span<const double> y) {
  std::vector<double> x(y.size());
  for (std::size_t k = 0; k < x.size(); ++k) x[k] = std::sqrt(static_cast<double>(k));
  return fit_line(x, y);
}

Line fit_sqrt(std::span<const int> layers, std::span<const double> y) {
  std::vector<double> x(layers.size());
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = std::sqrt(static_cast<double>(layers[i]));
  return fit_line(x, y);
}

std::optional<TwoLines> fit_two_lines(std::span<const double> x, std::span<const double> y) {
  if (x.size() != y.size() || x.size() < kTwoLinePoints || !all_finite(x) || !all_finite(y))
    return std::nullopt;
  if (std::ranges::adjacent_find(x, std::greater_equal()) != x.end()) return std::nullopt;
  const double rounding = kRounding * sum_of_squares(y);
  std::optional<TwoLines> best;
  for (std::size_t bend = 1; bend + 1 < x.size(); ++bend) {
    TwoLines fit = fit_at(x, y, bend);
    if (fit.straight_sse <= rounding) return std::nullopt;  // straight already: every bend is rounding
    if (fit.sse <= rounding) fit.sse = 0;
    if (fit.after > fit.before && (!best || fit.sse < best->sse)) best = fit;
  }
  return best;
}

}  // namespace logitlens
