// Every family's specification, one function and one file each.
#pragma once

#include <string>
#include <vector>

#include "arch/arch_spec.h"

namespace logitlens {

#define FAMILY(name) const ArchSpec& name();
#include "arch/registry.inc"
#undef FAMILY

// What several families have from BERT. `position_embedding_type`: what a configuration must say.
std::vector<Requirement> encoder_requirements(std::string_view position_embedding_type = "absolute");
// Words, positions and, if `types`, token types of this width, and their norm.
std::vector<TensorRule> bert_embeddings(Dim width, bool types);
std::vector<TensorRule> bert_attention(const std::string& prefix);  // query, key, value
std::vector<TensorRule> bert_block(const std::string& prefix);      // what follows them, post-norm
std::vector<TensorRule> roberta_head();                             // RoBERTa's, which others took over
// What both generations of DeBERTa share; a head has one of two layouts, by who saved it.
std::vector<TensorRule> deberta_embeddings();
std::vector<TensorRule> deberta_head();
// What Llama and its kin share: all but the names of a family and what its queries and keys go through besides.
ArchSpec llama_like();

}  // namespace logitlens
