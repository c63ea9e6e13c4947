#include "lens/exact_logits.h"

#include "kernels/row_kernels.h"

namespace logitlens {

Result<ExactLogits> ExactLogits::create(const ScreenedDecoder& decoder, std::size_t height) {
  ExactLogits exact;
  const std::size_t H = decoder.decoder().cols;
  exact.decoder_ = &decoder;
  exact.height_ = height;
  LL_ASSIGN(exact.scratch_, FloatBuffer::allocate(gemm_scratch_floats));
  LL_ASSIGN(exact.decoder_rows_, FloatBuffer::allocate(at_once * H));
  LL_ASSIGN(exact.products_, FloatBuffer::allocate(height * at_once));
  return exact;
}

void ExactLogits::multiply(const float* rows, const std::vector<std::int32_t>& ids) {
  const std::size_t H = decoder_->decoder().cols;
  std::memset(decoder_rows_.data(), 0, decoder_rows_.size() * sizeof(float));
  for (std::size_t i = 0; i < ids.size(); ++i)
    std::memcpy(decoder_rows_.data() + i * H, decoder_->decoder().data + static_cast<std::size_t>(ids[i]) * H,
                H * sizeof(float));
  gemm(rows, height_, {decoder_rows_.data(), H, at_once, WeightLayout::out_in}, products_.data(),
       scratch_.data());
}

float ExactLogits::logit(std::size_t row, std::size_t column, std::int32_t id) const {
  float logit = products_.data()[row * at_once + column];
  const float bias = decoder_->bias_of(static_cast<std::size_t>(id));
  if (decoder_->bias()) add_bias(&logit, &bias, &logit, 1);
  return logit;
}

}  // namespace logitlens
