#include "io/tensor.h"

#include <algorithm>

#include "io/mapped_file.h"

namespace logitlens {

bool TensorMap::finish(std::string* duplicate) {
  std::ranges::stable_sort(tensors_, {}, &Tensor::name);
  sorted_ = true;
  const auto twice = std::ranges::adjacent_find(tensors_, {}, &Tensor::name);
  if (twice == tensors_.end()) return true;
  if (duplicate) *duplicate = twice->name;
  return false;
}

Status TensorMap::check_unchanged() const {
  for (const auto& file : files_) LL_TRY(file->check_unchanged());
  return ok_status();
}

const Tensor* TensorMap::find(std::string_view name) const {
  const auto at = sorted_ ? std::ranges::lower_bound(tensors_, name, {}, &Tensor::name)
                          : std::ranges::find(tensors_, name, &Tensor::name);
  return at != tensors_.end() && at->name == name ? &*at : nullptr;
}

}  // namespace logitlens
