// The products of bert-base at the row counts that occur, on one thread: FLOPS of each, and its share of the peak, which
// is oneDNN's at 2048 rows of 768 x 3072.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>

#include "onednn_product.h"
#include "packed_product.h"

namespace logitlens::bench {
namespace {

constexpr int decoder_tile = 512;  // columns of the vocabulary at a time: the weights stay in the cache

// FLOPS, the best of three: other work on the machine only ever makes it slower.
double peak() {
  static const double flops = [] {
    BestOneDnnProduct product(2048, 768, 3072);
    product.run();
    double best = 0;
    for (int i = 0; i < 3; ++i) {
      const auto begin = std::chrono::steady_clock::now();
      product.run();
      const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
      best = std::max(best, product.operations() / seconds.count());
    }
    return best;
  }();
  return flops;
}

// Arguments: rows, in, out.
void packed_gemm(benchmark::State& state) {
  const double limit = peak();
  const auto size = [&](std::size_t at) { return static_cast<std::size_t>(state.range(at)); };
  PackedProduct product(size(0), size(1), size(2));
  for (auto _ : state) product.run();
  const double operations = static_cast<double>(state.iterations()) * product.operations();
  state.counters["flops"] = benchmark::Counter(operations, benchmark::Counter::kIsRate);
  state.counters["of_peak"] = benchmark::Counter(operations / limit, benchmark::Counter::kIsRate);
}
// 768 x 30522: the whole decoder, and a tile of it.
BENCHMARK(packed_gemm)
    ->ArgNames({"rows", "in", "out"})
    ->ArgsProduct({{24, 144, 768, 2048}, {768}, {768, 3072, decoder_tile}})
    ->ArgsProduct({{24, 144, 768, 2048}, {3072}, {768}})
    ->ArgsProduct({{24, 144, 768}, {768}, {30522}})
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace logitlens::bench
