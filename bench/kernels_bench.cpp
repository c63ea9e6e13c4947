// Time per element of each kernel at the sizes of bert-base: rows of 768 and 3072, vocabulary tiles of 512
// logits. LOGITLENS_ISA=avx2|avx512 chooses the instruction set.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include "base/cpu.h"
#include "kernels/row_kernels.h"
#include "kernels/top_list.h"
#include "kernels/vocabulary_sums.h"

namespace logitlens {
namespace {

constexpr std::size_t tile_ids = 512;
constexpr std::size_t rows_of_a_mask = 13;  // 12 layers and the embeddings

std::vector<float> normal_row(std::size_t n, unsigned seed, float deviation = 1) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal(0, deviation);
  std::vector<float> row(n);
  for (float& x : row) x = normal(random);
  return row;
}

// Google Benchmark prints the inverse of a rate: seconds (with prefix n: nanoseconds) an element.
void count_elements(benchmark::State& state, std::size_t elements) {
  state.counters["per_element"] =
      benchmark::Counter(static_cast<double>(state.iterations()) * static_cast<double>(elements),
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

std::size_t row_length(const benchmark::State& state) { return static_cast<std::size_t>(state.range(0)); }

void bias_activation_of(benchmark::State& state, Activation activation) {
  const std::size_t n = row_length(state);
  const std::vector<float> x = normal_row(n, 1), bias = normal_row(n, 2);
  std::vector<float> y(n);
  for (auto _ : state) {
    bias_activation(activation, x.data(), bias.data(), y.data(), n);
    benchmark::ClobberMemory();
  }
  count_elements(state, n);
}
BENCHMARK_CAPTURE(bias_activation_of, gelu_erf, Activation::gelu_erf)->Arg(768)->Arg(3072);
BENCHMARK_CAPTURE(bias_activation_of, gelu_tanh, Activation::gelu_tanh)->Arg(3072);
BENCHMARK_CAPTURE(bias_activation_of, quick_gelu, Activation::quick_gelu)->Arg(3072);
BENCHMARK_CAPTURE(bias_activation_of, relu, Activation::relu)->Arg(3072);
BENCHMARK_CAPTURE(bias_activation_of, silu, Activation::silu)->Arg(3072);
BENCHMARK_CAPTURE(bias_activation_of, mish, Activation::mish)->Arg(3072);
BENCHMARK_CAPTURE(bias_activation_of, tanh, Activation::tanh)->Arg(3072);

void add_layer_norm_row(benchmark::State& state) {
  const std::size_t n = row_length(state);
  const std::vector<float> x = normal_row(n, 1), dense_bias = normal_row(n, 2), residual = normal_row(n, 3),
                           weight = normal_row(n, 4), bias = normal_row(n, 5);
  std::vector<float> y(n);
  for (auto _ : state) {
    add_layer_norm(x.data(), dense_bias.data(), residual.data(), weight.data(), bias.data(), 1e-12f, y.data(),
                   n);
    benchmark::ClobberMemory();
  }
  count_elements(state, n);
}
BENCHMARK(add_layer_norm_row)->Arg(768);

void softmax_row(benchmark::State& state) {
  const std::size_t n = row_length(state);
  const std::vector<float> scores = normal_row(n, 1, 16);
  std::vector<float> x(n);
  for (auto _ : state) {
    x = scores;
    softmax(x.data(), 0.125f, n);
    benchmark::ClobberMemory();
  }
  count_elements(state, n);
}
BENCHMARK(softmax_row)->Arg(16)->Arg(128)->Arg(512);

void add_bias_row(benchmark::State& state) {
  const std::size_t n = row_length(state);
  const std::vector<float> bias = normal_row(n, 2);
  std::vector<float> x = normal_row(n, 1);
  for (auto _ : state) {
    add_bias(x.data(), bias.data(), x.data(), n);
    benchmark::ClobberMemory();
  }
  count_elements(state, n);
}
BENCHMARK(add_bias_row)->Arg(512)->Arg(768);

void all_finite_weights(benchmark::State& state) {
  const std::size_t n = row_length(state);
  const std::vector<float> weights = normal_row(n, 1);
  for (auto _ : state) benchmark::DoNotOptimize(all_finite(weights.data(), n));
  count_elements(state, n);
}
BENCHMARK(all_finite_weights)->Arg(768 * 768)->Arg(30522 * 768);

// All rows of one mask over one tile, as the vocabulary sweep takes them.
void sums_of_a_mask(benchmark::State& state, bool prepared, bool cross_terms) {
  const std::vector<float> logits = normal_row(rows_of_a_mask * tile_ids, 1, 2);  // [rows, tile]
  const float* last_row = logits.data() + (rows_of_a_mask - 1) * tile_ids;
  std::vector<VocabularySums> sums(rows_of_a_mask);
  LastTile last;
  for (auto _ : state) {
    if (prepared) last.assign(last_row, tile_ids);
    for (std::size_t r = 0; r < rows_of_a_mask; ++r) {
      const float* row = logits.data() + r * tile_ids;
      if (prepared)
        update_sums(sums[r], row, last, tile_ids, 512, 700, 1.0f);
      else
        update_sums(sums[r], row, cross_terms ? last_row : nullptr, tile_ids, 512, 700, 1.0f);
    }
    benchmark::ClobberMemory();
  }
  count_elements(state, rows_of_a_mask * tile_ids);
}
BENCHMARK_CAPTURE(sums_of_a_mask, last_tile_prepared, true, true);
BENCHMARK_CAPTURE(sums_of_a_mask, last_tile_each_time, false, true);
BENCHMARK_CAPTURE(sums_of_a_mask, no_cross_terms, false, false);

void top_list_of_a_vocabulary(benchmark::State& state) {
  const std::vector<float> logits = normal_row(30522, 1, 2);
  TopList list(row_length(state));
  for (auto _ : state) {
    list.clear();
    for (std::size_t i = 0; i < logits.size(); i += tile_ids)
      list.update(logits.data() + i, std::min(tile_ids, logits.size() - i), static_cast<std::int32_t>(i));
    benchmark::DoNotOptimize(list.sorted());
  }
  count_elements(state, logits.size());
}
BENCHMARK(top_list_of_a_vocabulary)->Arg(5)->Arg(100);

}  // namespace
}  // namespace logitlens

int main(int argc, char** argv) {
  if (const logitlens::Status status = logitlens::select_isa(); !status.ok()) {
    std::fprintf(stderr, "error: %s: found %s, expected %s\n", status.error().field.c_str(),
                 status.error().found.c_str(), status.error().expected.c_str());
    return 2;
  }
  benchmark::AddCustomContext("isa", std::string(logitlens::active_isa()));
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
