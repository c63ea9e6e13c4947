#include "io/tensor.h"

#include <algorithm>

namespace logitlens {

bool TensorMap::finish(std::string* duplicate) {
  std::ranges::stable_sort(tensors_, {}, &Tensor::name);
  sorted_ = true;
  const auto twice = std::ranges::adjacent_find(tensors_, {}, &Tensor::name);
  if (twice == tensors_.end()) return true;
  if (duplicate) *duplicate = twice->name;
  return false;
}

const Tensor* TensorMap::find(std::string_view name) const {
  const auto at = sorted_ ? std::ranges::lower_bound(tensors_, name, {}, &Tensor::name)
                          : std::ranges::find(tensors_, name, &Tensor::name);
  return at != tensors_.end() && at->name == name ? &*at : nullptr;
}

}  // namespace logitlens
