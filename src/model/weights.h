// A model's weights, found by the architecture's tensor rules, checked for shape at once and for value at first use.
// float32 is used where it lies in the mapped file; other types are converted into memory of their own.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "arch/arch_spec.h"
#include "base/matrix.h"
#include "base/thread_team.h"
#include "io/checkpoint.h"
#include "kernels/gemm.h"
#include "logitlens/status.h"
#include "model/config.h"

namespace logitlens {

struct PackedWeight {
  const float* data = nullptr;
};

// bytes * scales, a scale an output.
struct QuantizedWeight {
  const void* bytes = nullptr;  // as kernels/gemm_int8.h packs them
  const float* scales = nullptr;
  const std::int8_t* columns =
      nullptr;  // the bytes once more as [in, out]: columns that stand out are added up apart
};

// One tensor as the engine computes with it; data is null where the model has none. A dense layer's matrix is [rows = out,
// cols = in] in meaning; `in_out` says that it is stored the other way round. A vector has cols = 1; further sizes of a
// shape are part of cols.
struct Weight {
  const float* data = nullptr;  // any alignment
  std::size_t rows = 0, cols = 0;
  bool in_out = false;
  const Tensor* stored = nullptr;
  // Its copy for the products, empty before Weights::pack_block(); null: there is never one.
  std::shared_ptr<PackedWeight> packed = nullptr;
  // The same of bytes, and Weights::quantize_block().
  std::shared_ptr<QuantizedWeight> quantized = nullptr;

  std::size_t size() const { return rows * cols; }
  WeightLayout layout() const { return in_out ? WeightLayout::in_out : WeightLayout::out_in; }
  // A dense layer for gemm(): as it is stored, or packed if that is asked for and there is such a copy.
  GemmWeight operand(bool by_packed = false) const {
    if (by_packed && packed) return {packed->data, cols, rows, WeightLayout::packed};
    return {data, cols, rows, layout()};
  }
};

struct WeightUse {
  Slot slot;
  std::size_t block;
  std::string_view use;
};

class Weights {
 public:
  // Errors (bad_input): missing tensors, misshapen tensors, types that cannot be computed with; all of a kind at once.
  static Result<Weights> load(const Checkpoint& checkpoint, const ModelConfig& config);

  const Weight& global(Slot slot) const { return globals_[static_cast<std::size_t>(slot)]; }
  // The block that serves `layer`; several layers may share one.
  const Weight& block(std::size_t layer, Slot slot) const { return stored_block(block_of_[layer], slot); }
  const Weight& stored_block(std::size_t block, Slot slot) const {
    return blocks_[block][static_cast<std::size_t>(slot)];
  }

  // Value checks (stored checksum, finite values), once for each tensor and process, before it is first computed with.
  // Those outside the blocks; those of block `layer`.
  Status check_globals(ThreadTeam& team, bool allow_nonfinite) const;
  Status check_block(std::size_t layer, ThreadTeam& team, bool allow_nonfinite) const;

  // Packing a block's matrices takes as long as the products of some hundred rows gain by it, and pays from then on. True
  // once `rows` more, added to all that were run before, are enough: the caller then packs every block before its use.
  bool packing_pays_for(std::size_t rows) const;
  // Once for each block and process: packed copies of its matrices, whose pages in the file's map go back to the system.
  // Error: memory.
  Status pack_block(std::size_t layer, ThreadTeam& team) const;
  // The same for copies as bytes, a scale a row, computed from the weights alone.
  Status quantize_block(std::size_t layer, ThreadTeam& team) const;

  // What the user should know: conversions, biases under two names that differ, a stored decoder that is not the word
  // embeddings it is tied to (known once the globals were checked).
  std::vector<std::string> notes() const;
  // What the model takes a stored tensor for; nullptr for one it ignores.
  const WeightUse* use_of(const Tensor& tensor) const;
  std::size_t converted_bytes() const { return converted_bytes_; }
  bool decoder_is_tied() const {
    return global(Slot::decoder_weight).data == global(Slot::word_embeddings).data;
  }

 private:
  using Group = std::array<Weight, slot_count>;
  // Which groups have been checked: 0 the globals, block + 1 a block.
  struct Checked {
    explicit Checked(std::size_t groups) : done(groups) {}
    std::mutex mutex;
    std::vector<std::atomic<bool>> done;
    std::atomic<bool> stored_decoder_differs = false;
  };
  // Copies of the blocks' matrices in one form.
  struct Copies {
    explicit Copies(std::size_t blocks) : done(blocks), memory(blocks) {}
    std::mutex mutex;
    std::vector<std::atomic<bool>> done;  // by block
    std::vector<FloatBuffer> memory;
  };
  // Calls make(weights of the block, memory to book and fill) -> Result<weights that were copied> once for the block that
  // serves `layer`; the pages that those have in the file's map go back to the system.
  template <class Make>
  Status copy_block_once(Copies& copies, std::size_t layer, const Make& make) const;
  Status check_group(std::size_t group, const Group& weights, ThreadTeam& team, bool allow_nonfinite) const;

  friend class WeightLoader;
  Group globals_{};
  std::vector<Group> blocks_;
  std::vector<std::size_t> block_of_;  // [layers]
  std::vector<std::unique_ptr<FloatBuffer>> converted_;
  std::vector<std::pair<const Tensor*, WeightUse>> uses_;
  std::vector<std::string> notes_;
  std::size_t converted_bytes_ = 0;
  const Tensor* stored_decoder_ = nullptr;  // beside a tied one
  std::shared_ptr<Checked> checked_;
  std::shared_ptr<Copies> packed_, quantized_;
  std::shared_ptr<std::atomic<std::size_t>> rows_run_;
};

}  // namespace logitlens
