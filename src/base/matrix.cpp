#include "base/matrix.h"

#include <fmt/format.h>
#include <sys/mman.h>

#include <cstdlib>
#include <utility>

#include "base/checked.h"

namespace logitlens {

namespace {

constexpr std::size_t cache_line = 64;
// Products look at so many pages in turn that translating addresses costs them 5 to 15 % with small ones.
constexpr std::size_t huge_page = std::size_t{1} << 21;

}  // namespace

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
  const std::size_t alignment = bytes && *bytes >= huge_page ? huge_page : cache_line;
  const auto padded = bytes ? checked_add(*bytes, cache_line + alignment - 1) : std::nullopt;
  if (padded)
    buffer.data_ = static_cast<float*>(std::aligned_alloc(alignment, *padded / alignment * alignment));
  if (!buffer.data_)
    return Error{.code = Code::memory,
                 .file = "",
                 .field = "memory",
                 .found = bytes ? fmt::format("no {} bytes to be had", *bytes)
                                : fmt::format("a request for {} floats", floats),
                 .expected = "",
                 .remedy = "Use a shorter text or a smaller model",
                 .names = {}};
  // Advice: a system without huge pages gives small ones.
  if (alignment == huge_page)
    static_cast<void>(::madvise(buffer.data_, bytes.value_or(0) / huge_page * huge_page, MADV_HUGEPAGE));
  buffer.size_ = floats;
  return buffer;
}

}  // namespace logitlens
