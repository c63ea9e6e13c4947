// Which stored tensor a rule means: the spellings that checkpoints use for one and the same name.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "arch/arch_spec.h"
#include "io/tensor.h"

namespace logitlens {

// The stored tensor for `name` ("{layer}" replaced by `layer`): with and without the base prefixes and "module.", with
// LayerNorm.gamma / LayerNorm.beta for .weight / .bias. nullptr if there is none.
const Tensor* find_tensor(const TensorMap& tensors, const ArchSpec& arch, std::string_view name,
                          std::size_t layer);

// The name as the reference library saves it today: base prefix where the rule's tensor belongs to the base model.
std::string canonical_name(const ArchSpec& arch, Slot slot, std::string_view name, std::size_t layer);

// Whether `name` fits `pattern`, in which * stands for any run of characters.
bool matches_name(std::string_view pattern, std::string_view name);

// True if the architecture says to leave this tensor alone.
bool is_ignored(const ArchSpec& arch, std::string_view name);

// Of the stored tensors without a use, the name nearest to `name` (edit distance), to help find a misspelling; "" if none
// is near.
std::string nearest_name(const TensorMap& tensors, const std::set<const Tensor*>& used,
                         std::string_view name);

}  // namespace logitlens
