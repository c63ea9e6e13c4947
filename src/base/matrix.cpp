#include "base/matrix.h"

#include <fmt/format.h>

#include <cstdlib>
#include <utility>

#include "base/checked.h"

namespace logitlens {

FloatBuffer::~FloatBuffer() { std::free(data_); }

FloatBuffer::FloatBuffer(FloatBuffer&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

FloatBuffer& FloatBuffer::operator=(FloatBuffer&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

Result<FloatBuffer> FloatBuffer::allocate(std::size_t floats) {
  FloatBuffer buffer;
  const auto bytes = checked_mul(floats, sizeof(float));
  const auto padded = bytes ? checked_add(*bytes, 127) : std::nullopt;
  if (padded) buffer.data_ = static_cast<float*>(std::aligned_alloc(64, *padded / 64 * 64));
  if (!buffer.data_)
    return Error{.code = Code::memory,
                 .file = "",
                 .field = "memory",
                 .found = bytes ? fmt::format("no {} bytes to be had", *bytes)
                                : fmt::format("a request for {} floats", floats),
                 .expected = "",
                 .remedy = "Use a shorter text or a smaller model",
                 .names = {}};
  buffer.size_ = floats;
  return buffer;
}

}  // namespace logitlens
