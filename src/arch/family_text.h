// A family's specification as text for people: docs/families.md is made of it, and a test holds the two together.
#pragma once

#include <functional>
#include <string>

#include "arch/arch_spec.h"

namespace logitlens {

// How hidden state 0 is made of the tensors that are there.
std::string describe_embeddings(const ArchSpec& spec, const std::function<bool(Slot)>& is_there);
// How a block is built: "post-norm: x = LayerNorm(h + attention(h)), ...".
std::string describe_block(const ArchSpec& spec);

// The whole page, in Markdown.
std::string families_page();

}  // namespace logitlens
