#include "lens/screened_decoder.h"

#include <atomic>
#include <cmath>
#include <limits>

#include "base/checked.h"
#include "base/cpu.h"
#include "kernels/double_products.h"
#include "kernels/gemm_int8.h"
#include "kernels/quantize.h"
#include "kernels/row_kernels.h"

namespace logitlens {

namespace {

// A float that is not below the value.
float round_up_to_float(double value) {
  return std::nextafter(static_cast<float>(value * (1 + 1e-9)), std::numeric_limits<float>::infinity());
}

}  // namespace

Result<std::unique_ptr<ScreenedDecoder>> ScreenedDecoder::create(const Weight& decoder, const float* bias,
                                                                 ThreadTeam& team) {
  const std::size_t V = decoder.rows, H = decoder.cols;
  if (!has_int8_products() || H > gemm_int8_longest || !all_finite(decoder.data, V * H) ||
      (bias && !all_finite(bias, V)))
    return std::unique_ptr<ScreenedDecoder>();
  auto screened = std::make_unique<ScreenedDecoder>();
  screened->decoder_ = decoder;
  screened->bias_ = bias;
  LL_ASSIGN(screened->moments_, DecoderMoments::compute(decoder, bias, team));
  screened->scales_.resize(V), screened->norms_.resize(V), screened->errors_.resize(V);

  LL_ASSIGN(const GemmInt8 whole, GemmInt8::create(1, H, std::min(tile_ids, V)));
  std::optional<GemmInt8> rest;
  if (V > tile_ids && V % tile_ids > 0) {
    LL_ASSIGN(rest, GemmInt8::create(1, H, V % tile_ids));
  }
  const std::size_t tiles = screened->tiles();
  screened->packed_tile_floats_ = round_up(whole.packed_bytes(), 64) / sizeof(float);
  LL_ASSIGN(screened->packed_, FloatBuffer::allocate(screened->packed_tile_floats_ * tiles));
  std::vector<double> lengths(V);
  std::atomic<bool> failed = false;
  team.parallel_for(tiles, [&](std::size_t tile, int) {
    std::vector<std::int8_t> bytes(tile_ids * H);
    const std::size_t count = screened->ids_of(tile);
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t id = tile * tile_ids + i;
      const float* row = decoder.data + id * H;
      const QuantizedRow q = quantize_row(row, screened->moments_.mean().data(), bytes.data() + i * H, H);
      screened->scales_[id] = q.scale;
      screened->norms_[id] = round_up_to_float(q.norm + q.error);
      screened->errors_[id] = round_up_to_float(q.error);
      lengths[id] = std::sqrt(dot_double(row, row, H));
    }
    const GemmInt8& product = count == std::min(tile_ids, V) ? whole : *rest;
    if (!product.pack(bytes.data(), screened->packed_.data() + tile * screened->packed_tile_floats_))
      failed.store(true);
  });
  if (failed.load()) return product_failure();
  for (std::size_t id = 0; id < V; ++id) {
    screened->longest_row_ = std::max(screened->longest_row_, lengths[id]);
    screened->longest_centred_ =
        std::max(screened->longest_centred_, static_cast<double>(screened->norms_[id]));
    screened->largest_bias_ =
        std::max(screened->largest_bias_, std::abs(static_cast<double>(screened->bias_of(id))));
  }
  if (!(screened->longest_row_ < 1e15 && screened->largest_bias_ < 1e30)) screened.reset();
  return screened;
}

float ScreenedDecoder::bias_of(std::size_t id) const { return bias_ ? float_at(bias_, id) : 0.0f; }

}  // namespace logitlens
