// Tensors of a checkpoint as views into mapped files, with the names the reference library calls them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace logitlens {

class MappedFile;

// Element types. `other` is anything the header may hold but the model never computes with (integers, FP8,
// complex).
enum class DType { f32, f16, bf16, f64, other };

struct Tensor {
  std::string name;
  std::string file;        // for messages
  std::string dtype_name;  // as in the file: "F32", "I64", "DT_FLOAT"
  DType dtype = DType::other;
  std::vector<std::size_t> shape;    // as stored
  std::span<const std::byte> bytes;  // any alignment
  const MappedFile* map = nullptr;   // the file they lie in; nullptr: none
  // A dense layer's matrix stored [in, out] (TensorFlow's kernels) where the reference stores [out, in].
  // `shape` stays as stored.
  bool in_out = false;
  std::string stored_name;  // as in the file, where `name` is a translation of it; else empty
  // TensorFlow's masked CRC-32C of the bytes, where the format stores one (check_tensor_crc).
  std::optional<std::uint32_t> masked_crc32c;
};

// All tensors of a checkpoint, by name, and what keeps their bytes alive.
class TensorMap {
 public:
  void add(Tensor tensor) {
    tensors_.push_back(std::move(tensor));
    sorted_ = false;
  }
  void keep_alive(std::shared_ptr<const void> owner) { owners_.push_back(std::move(owner)); }
  // Sorts by name: call once, after the last add. False with the name in `duplicate` if a name appears twice.
  bool finish(std::string* duplicate);

  const Tensor* find(std::string_view name) const;  // quick after finish(), a walk over all before it
  const std::vector<Tensor>& all() const { return tensors_; }
  std::vector<Tensor>& all_before_finish() { return tensors_; }  // to rename them

 private:
  std::vector<Tensor> tensors_;
  std::vector<std::shared_ptr<const void>> owners_;
  bool sorted_ = false;
};

}  // namespace logitlens
