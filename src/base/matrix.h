// Views of row-major matrices, and an owner of aligned floats.
#pragma once

#include <cstddef>
#include <cstring>
#include <span>

#include "logitlens/status.h"

namespace logitlens {

// values[index] at any alignment, as tensors lie in a file.
inline float float_at(const float* values, std::size_t index) {
  float value;
  std::memcpy(&value, reinterpret_cast<const char*>(values) + index * sizeof(float), sizeof value);
  return value;
}

// [rows, cols] floats, `stride` floats from row to row.
template <class T>
struct MatrixView {
  T* data = nullptr;
  std::size_t rows = 0, cols = 0, stride = 0;

  T* row(std::size_t r) const { return data + r * stride; }
  std::span<T> row_span(std::size_t r) const { return {row(r), cols}; }
  MatrixView slice(std::size_t first, std::size_t count) const { return {row(first), count, cols, stride}; }
  operator MatrixView<const T>() const { return {data, rows, cols, stride}; }
};
using Matrix = MatrixView<float>;
using ConstMatrix = MatrixView<const float>;

// Owns floats aligned to 64 bytes; uninitialised. Booked once per plan, never while running.
class FloatBuffer {
 public:
  FloatBuffer() = default;
  ~FloatBuffer();
  FloatBuffer(FloatBuffer&& other) noexcept;
  FloatBuffer& operator=(FloatBuffer&& other) noexcept;

  // Error: memory, with the bytes wanted.
  static Result<FloatBuffer> allocate(std::size_t floats);

  float* data() const { return data_; }
  std::size_t size() const { return size_; }
  Matrix matrix(std::size_t rows, std::size_t cols) const { return {data_, rows, cols, cols}; }

 private:
  float* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace logitlens
