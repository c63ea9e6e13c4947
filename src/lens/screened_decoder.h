// A decoder made ready for answers without all the logits (lens/screened_rows.h): its moments, and its rows as bytes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/matrix.h"
#include "base/thread_team.h"
#include "kernels/screen.h"
#include "lens/centres.h"
#include "lens/decoder_moments.h"
#include "logitlens/status.h"
#include "model/weights.h"

namespace logitlens {

// Made once, then shared by all threads.
class ScreenedDecoder {
 public:
  // Of the vocabulary at once: a tile of products stays in the second-level cache with its weights.
  static constexpr std::size_t tile_ids = 512;

  // decoder [V, H], bias [V] or nullptr; both must outlive this. Nothing (no error) where a decoder cannot be screened: the
  // processor has no products of bytes, or a weight is not finite or too large for the bounds.
  static Result<std::unique_ptr<ScreenedDecoder>> create(const Weight& decoder, const float* bias,
                                                         ThreadTeam& team);

  const Weight& decoder() const { return decoder_; }
  const float* bias() const { return bias_; }
  // 0 without a bias.
  float bias_of(std::size_t id) const;
  const DecoderMoments& moments() const { return moments_; }

  // Arrays over the ids: a decoder row less the mean row is scale * q + rest; error >= |rest|, norm >= |scale * q + rest|.
  const std::vector<float>& scales() const { return scales_; }
  const std::vector<float>& norms() const { return norms_; }
  const std::vector<float>& errors() const { return errors_; }
  KeptCentres& centres() const { return centres_; }
  double longest_row() const { return longest_row_; }          // the largest |w_v|
  double longest_centred() const { return longest_centred_; }  // the largest norm
  double largest_bias() const { return largest_bias_; }        // the largest |b_v|
  std::size_t tiles() const { return (decoder_.rows + tile_ids - 1) / tile_ids; }
  std::size_t ids_of(std::size_t tile) const { return std::min(tile_ids, decoder_.rows - tile * tile_ids); }
  const void* packed_tile(std::size_t tile) const { return packed_.data() + tile * packed_tile_floats_; }

 private:
  Weight decoder_;
  const float* bias_ = nullptr;
  DecoderMoments moments_;
  std::vector<float> scales_, norms_, errors_;
  double longest_row_ = 0, longest_centred_ = 0, largest_bias_ = 0;
  FloatBuffer packed_;  // tile after tile, as kernels/gemm_int8.h lays them out
  std::size_t packed_tile_floats_ = 0;
  mutable KeptCentres centres_;
};

}  // namespace logitlens
