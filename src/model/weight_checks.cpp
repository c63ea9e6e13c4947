// Values of weights, looked at before they first matter: a checksum where the format stores one, and that all are finite.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "io/tensor_bundle.h"
#include "kernels/row_kernels.h"
#include "model/weights.h"

namespace logitlens {

namespace {

constexpr std::size_t chunk_floats = std::size_t{1} << 19;  // 2 MiB: a task of a few hundred microseconds

// A part of a weight to scan, or (whole = true) a stored tensor whose checksum is to be verified.
struct ScanTask {
  const Weight* weight;
  std::size_t first = 0, count = 0;
  bool checksum = false;
};

float load_float(const float* from) {
  float value;
  std::memcpy(&value, static_cast<const void*>(from), sizeof value);
  return value;
}

Error nonfinite_error(const Weight& weight) {
  std::size_t count = 0, first = 0;
  for (std::size_t i = weight.size(); i-- > 0;) {
    if (std::isfinite(load_float(weight.data + i))) continue;
    ++count;
    first = i;
  }
  const float value = load_float(weight.data + first);
  return {.code = Code::bad_input,
          .file = weight.stored->file,
          .field = weight.stored->name,
          .found = fmt::format("{} at index {}, {} non-finite values in all",
                               std::isnan(value) ? "NaN"
                               : value > 0       ? "infinity"
                                                 : "-infinity",
                               first, count),
          .expected = "finite weights",
          .remedy = "Download or export the checkpoint again, or accept them with --allow-nonfinite",
          .names = {}};
}

void add_tasks(const Weight& weight, bool scan, std::vector<ScanTask>& tasks) {
  if (!weight.stored) return;
  if (weight.stored->masked_crc32c) tasks.push_back({&weight, 0, 0, true});
  if (!scan) return;
  for (std::size_t first = 0; first < weight.size(); first += chunk_floats)
    tasks.push_back({&weight, first, std::min(chunk_floats, weight.size() - first), false});
}

}  // namespace

Status Weights::check_group(std::size_t group, const Group& weights, ThreadTeam& team,
                            bool allow_nonfinite) const {
  if (checked_->done[group].load(std::memory_order_acquire)) return ok_status();
  const std::lock_guard lock(checked_->mutex);
  if (checked_->done[group].load(std::memory_order_relaxed)) return ok_status();
  std::vector<ScanTask> tasks;
  for (const Weight& weight : weights) {
    const bool alias = &weight == &global(Slot::decoder_weight) && decoder_is_tied();
    if (!alias) add_tasks(weight, !allow_nonfinite, tasks);
  }
  // The longest first: a checksum runs over its whole tensor.
  std::ranges::stable_sort(tasks, [](const ScanTask& a, const ScanTask& b) {
    return (a.checksum ? a.weight->size() : a.count) > (b.checksum ? b.weight->size() : b.count);
  });
  std::vector<char> bad(tasks.size(), 0);
  team.parallel_for(tasks.size(), [&](std::size_t t, int) {
    const ScanTask& task = tasks[t];
    bad[t] = task.checksum ? !check_tensor_crc(*task.weight->stored).ok()
                           : !all_finite(task.weight->data + task.first, task.count);
  });
  for (bool checksum : {true, false})  // damage explains strange values: name it first
    for (std::size_t t = 0; t < tasks.size(); ++t)
      if (bad[t] && tasks[t].checksum == checksum)
        return checksum ? check_tensor_crc(*tasks[t].weight->stored)
                        : Status(nonfinite_error(*tasks[t].weight));
  // Accepted non-finite values are accepted for this call only.
  if (!allow_nonfinite) checked_->done[group].store(true, std::memory_order_release);
  return ok_status();
}

Status Weights::check_globals(ThreadTeam& team, bool allow_nonfinite) const {
  if (stored_decoder_ && !checked_->done[0].load(std::memory_order_acquire)) {
    const Tensor& embeddings = *global(Slot::word_embeddings).stored;
    const bool same =
        stored_decoder_->dtype_name == embeddings.dtype_name &&
        stored_decoder_->bytes.size() == embeddings.bytes.size() &&
        std::memcmp(stored_decoder_->bytes.data(), embeddings.bytes.data(), embeddings.bytes.size()) == 0;
    checked_->stored_decoder_differs.store(!same);
  }
  return check_group(0, globals_, team, allow_nonfinite);
}

Status Weights::check_block(std::size_t layer, ThreadTeam& team, bool allow_nonfinite) const {
  const std::size_t block = block_of_[layer];
  return check_group(block + 1, blocks_[block], team, allow_nonfinite);
}

std::vector<std::string> Weights::notes() const {
  std::vector<std::string> notes = notes_;
  if (checked_->stored_decoder_differs.load())
    notes.push_back(
        fmt::format("{} differs from the word embeddings; the configuration ties them, so they are used",
                    stored_decoder_->name));
  return notes;
}

}  // namespace logitlens
