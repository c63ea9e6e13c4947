#include "model/tensor_names.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace logitlens {

namespace {

std::string with_layer(std::string_view name, std::size_t layer) {
  std::string text(name);
  if (const auto at = text.find("{layer}"); at != std::string::npos)
    text.replace(at, 7, std::to_string(layer));
  return text;
}

// LayerNorm.weight <-> LayerNorm.gamma, as the first TensorFlow conversions called them; "" if not such a name.
std::string legacy_norm_name(std::string_view name) {
  for (auto [today, legacy] :
       {std::pair{"LayerNorm.weight", "LayerNorm.gamma"}, {"LayerNorm.bias", "LayerNorm.beta"}})
    if (name.ends_with(today))
      return std::string(name.substr(0, name.size() - std::string_view(today).size())) + legacy;
  return "";
}

bool matches(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern.front() == '*') {
    for (std::size_t skip = 0; skip <= text.size(); ++skip)
      if (matches(pattern.substr(1), text.substr(skip))) return true;
    return false;
  }
  return !text.empty() && pattern.front() == text.front() && matches(pattern.substr(1), text.substr(1));
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0u : 1u)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

}  // namespace

const Tensor* find_tensor(const TensorMap& tensors, const ArchSpec& arch, std::string_view name,
                          std::size_t layer) {
  const std::string plain = with_layer(name, layer);
  std::vector<std::string> prefixes(arch.base_prefixes.begin(), arch.base_prefixes.end());
  prefixes.emplace_back();
  for (const std::string& spelling : {plain, legacy_norm_name(plain)}) {
    if (spelling.empty()) continue;
    for (const std::string& wrapper : {std::string(), std::string("module.")})
      for (const std::string& prefix : prefixes)
        if (const Tensor* tensor = tensors.find(wrapper + prefix + spelling)) return tensor;
  }
  return nullptr;
}

std::string canonical_name(const ArchSpec& arch, Slot slot, std::string_view name, std::size_t layer) {
  const std::string plain = with_layer(name, layer);
  return is_head_slot(slot) ? plain : std::string(arch.base_prefixes.front()) + plain;
}

bool matches_name(std::string_view pattern, std::string_view name) {
  return name.size() <= 1000 && matches(pattern, name);  // no real name is longer; bounds the matching
}

bool is_ignored(const ArchSpec& arch, std::string_view name) {
  return std::ranges::any_of(arch.ignored,
                             [&](std::string_view pattern) { return matches_name(pattern, name); });
}

std::string nearest_name(const TensorMap& tensors, const std::set<const Tensor*>& used,
                         std::string_view name) {
  constexpr std::size_t longest = 200;  // of a name that a person wrote
  std::string nearest;
  std::size_t best = std::min<std::size_t>(6, name.size() / 3);
  for (const Tensor& tensor : tensors.all()) {
    if (tensor.name.size() > longest || used.contains(&tensor)) continue;
    const std::size_t distance = edit_distance(name, tensor.name);
    if (distance > 0 && distance <= best) {
      if (distance < best || nearest.empty()) nearest = tensor.name;
      best = distance;
    }
  }
  return nearest;
}

}  // namespace logitlens
