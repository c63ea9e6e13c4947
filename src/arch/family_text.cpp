#include "arch/family_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace logitlens {

namespace {

std::string_view dim_name(Dim dim) {
  switch (dim) {
    case Dim::hidden: return "H";
    case Dim::embedding: return "E";
    case Dim::inner: return "I";
    case Dim::double_inner: return "2I";
    case Dim::vocab: return "V";
    case Dim::positions: return "P";
    case Dim::token_types: return "types";
    case Dim::query: return "Q";
    case Dim::key: return "K";
    case Dim::query_key_value: return "Q+2K";
    case Dim::head_width: return "d";
    case Dim::heads: return "heads";
    case Dim::distances: return "distances";
    case Dim::kernel: return "kernel";
  }
  return "";
}

std::string quoted(const Keys& keys) {
  std::vector<std::string> names;
  for (std::string_view key : keys) names.push_back(fmt::format("`{}`", key));
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string condition_text(const Condition& condition) {
  switch (condition.test) {
    case Condition::Test::flag:
      return fmt::format("`{}`{}", condition.key, condition.fallback ? " (true by default)" : "");
    case Condition::Test::no_flag: return fmt::format("not `{}`", condition.key);
    case Condition::Test::positive: return fmt::format("`{}` > 0", condition.key);
    case Condition::Test::lists: return fmt::format("`{}` has {}", condition.key, condition.value);
    case Condition::Test::widths_differ: return "E is not H";
    case Condition::Test::not_first_block: return "not in the first block";
  }
  return "";
}

std::string conditions_text(const Conditions& conditions) {
  std::vector<std::string> texts;
  for (const Condition& condition : conditions) texts.push_back(condition_text(condition));
  return fmt::format("{}", fmt::join(texts, ", "));
}

bool has(const ArchSpec& spec, Slot slot) {
  return std::ranges::find(spec.tensors, slot, &TensorRule::slot) != spec.tensors.end();
}

}  // namespace

std::string describe_embeddings(const ArchSpec& spec, const std::function<bool(Slot)>& is_there) {
  std::vector<std::string> parts = {"words"};
  if (is_there(Slot::position_embeddings))
    parts.emplace_back(spec.embedding.positions == PositionIds::after_padding
                           ? "learned positions counted from behind the padding token's id"
                           : "learned positions from 0");
  if (is_there(Slot::token_type_embeddings)) parts.emplace_back("token types");
  std::string text = fmt::format("{}", fmt::join(parts, " + "));
  if (spec.embedding.mask_dropout) text += "; mask tokens zeroed, the others scaled to make up for it";
  const bool norm = is_there(Slot::embedding_norm_weight),
             projection = is_there(Slot::embedding_projection_weight);
  if (norm && !spec.embedding.projection_before_norm) text += ", norm";
  if (projection) text += ", projection from E to H";
  if (norm && spec.embedding.projection_before_norm) text += ", norm";
  return text;
}

namespace {

std::string attention_text(const ArchSpec& spec) {
  std::string text = spec.block.causal ? "causal attention" : "attention";
  if (!spec.key_heads.empty()) text += " with keys and values shared by groups of heads";
  if (has(spec, Slot::query_norm_weight)) text += ", queries and keys normalised head by head";
  switch (spec.block.position) {
    case AttentionPosition::none: break;
    case AttentionPosition::rotary: text += ", rotary positions"; break;
    case AttentionPosition::bucketed_bias: text += ", a learned bias by distance"; break;
    case AttentionPosition::disentangled: text += ", products with learned vectors for distances"; break;
  }
  if (spec.block.local) text += ", local in some blocks";
  return text;
}

}  // namespace

std::string describe_block(const ArchSpec& spec) {
  const std::string_view norm = spec.block.norm == NormKind::rms_norm ? "RMSNorm" : "LayerNorm";
  std::string form =
      spec.block.form == BlockForm::post_norm
          ? fmt::format("post-norm: x = {0}(h + attention(h)), h' = {0}(x + feed-forward(x))", norm)
          : fmt::format("pre-norm: x = h + attention({0}(h)), h' = x + feed-forward({0}(x))", norm);
  if (!spec.block.parallel_when.empty())
    form += fmt::format("; with {0}: h' = h + attention({1}(h)) + feed-forward({1}(h))",
                        conditions_text(spec.block.parallel_when), norm);
  return fmt::format("{}. {}; feed-forward {}", form, attention_text(spec),
                     spec.block.gated ? "W2 (act(a) * b)" : "W2 act(W1 x)");
}

namespace {

// The steps of the head and, of them, the lenses that there are where E = H.
struct HeadText {
  std::vector<std::string> steps, lenses;
};

HeadText head_text(const ArchSpec& spec) {
  const std::string norm = spec.block.norm == NormKind::rms_norm ? "RMSNorm" : "LayerNorm";
  const bool final_norm = has(spec, Slot::final_norm_weight), dense = has(spec, Slot::head_dense_weight);
  const bool own_norm = has(spec, Slot::head_norm_weight), bias = has(spec, Slot::decoder_bias);
  HeadText head;
  if (final_norm) head.steps.push_back("final " + norm);
  if (dense) {
    const std::string activation = spec.head.activation
                                       ? std::string(describe_activation(*spec.head.activation))
                                   : !spec.head.activation_keys.empty() ? quoted(spec.head.activation_keys)
                                                                        : quoted(spec.activation);
    head.steps.push_back("dense");
    head.steps.push_back(activation);
  }
  if (own_norm) head.steps.push_back(norm);
  head.steps.emplace_back("decoder");
  if (bias) head.steps.emplace_back("bias");

  head.lenses = {"raw"};
  if (bias) head.lenses.emplace_back("bias");
  if (final_norm && own_norm) head.lenses.emplace_back("final_norm");
  if (own_norm) head.lenses.emplace_back("norm");
  head.lenses.emplace_back("full");
  return head;
}

std::string size_text(const SizeKey& size) {
  const std::string fallback =
      size.times
          ? fmt::format("{}{}", size.fallback > 1 ? std::to_string(size.fallback) : "", dim_name(*size.times))
      : size.fallback > 0 ? std::to_string(size.fallback)
                          : "none";
  return fmt::format("{} {} ({})", dim_name(size.dim), quoted(size.keys), fallback);
}

std::string keys_text(const ArchSpec& spec) {
  std::vector<std::string> texts;
  for (const SizeKey& size : spec.sizes) texts.push_back(size_text(size));
  texts.push_back(fmt::format("layers {} ({})", quoted(spec.layers), spec.layers_fallback));
  if (!spec.blocks.empty())
    texts.push_back(fmt::format("stored blocks {} ({})", quoted(spec.blocks), spec.blocks_fallback));
  texts.push_back(fmt::format("heads {} ({})", quoted(spec.heads), spec.heads_fallback));
  if (!spec.key_heads.empty())
    texts.push_back(fmt::format("key heads {} (as heads)", quoted(spec.key_heads)));
  if (!spec.head_width.empty()) texts.push_back(fmt::format("head width {}", quoted(spec.head_width)));
  texts.push_back(spec.activation.empty()
                      ? fmt::format("activation always {}", spec.activation_fallback)
                      : fmt::format("activation {} ({})", quoted(spec.activation), spec.activation_fallback));
  texts.push_back(spec.eps.empty() ? fmt::format("eps always {}", spec.eps_fallback)
                                   : fmt::format("eps {} ({})", quoted(spec.eps), spec.eps_fallback));
  return fmt::format("{}", fmt::join(texts, "; "));
}

std::string requirement_text(const Requirement& requirement) {
  struct Text {
    std::string operator()(bool value) const { return value ? "true" : "false"; }
    std::string operator()(std::int64_t value) const { return std::to_string(value); }
    std::string operator()(std::string_view value) const { return fmt::format("\"{}\"", value); }
  };
  return fmt::format("{} is {}", quoted(requirement.keys), std::visit(Text{}, requirement.value));
}

std::string tensor_rows(const ArchSpec& spec) {
  std::string rows = "| tensor | shape | what it is | there when |\n|---|---|---|---|\n";
  for (const TensorRule& rule : spec.tensors) {
    std::vector<std::string_view> shape;
    for (Dim dim : rule.shape) shape.push_back(dim_name(dim));
    if (rule.stored_in_out) std::ranges::reverse(shape);
    std::vector<std::string> names;
    for (const std::string& name : rule.names) names.push_back(fmt::format("`{}`", name));
    const bool is_decoder = rule.slot == Slot::decoder_weight;
    const std::string when = is_decoder ? "not `tie_word_embeddings`" : conditions_text(rule.when);
    rows += fmt::format("| {} | [{}] | {} | {} |\n", fmt::join(names, " or "), fmt::join(shape, ", "),
                        rule.use, when);
  }
  return rows;
}

std::string family_section(const ArchSpec& spec) {
  const HeadText head = head_text(spec);
  std::vector<std::string> requirements;
  for (const Requirement& requirement : spec.requirements)
    requirements.push_back(requirement_text(requirement));
  std::string text = fmt::format("## `{}`\n\nSaved from {}.\n\n", spec.model_type, quoted(spec.lm_classes));
  text += fmt::format("- **Embeddings**: {}\n",
                      describe_embeddings(spec, [&](Slot slot) { return has(spec, slot); }));
  text += fmt::format("- **Block**: {}\n", describe_block(spec));
  text += fmt::format("- **Head**: {}; the decoder is {}\n", fmt::join(head.steps, " → "),
                      spec.tied_fallback ? "the word embeddings, unless `tie_word_embeddings` is false"
                                         : "a matrix of its own, unless `tie_word_embeddings` is true");
  text += fmt::format("- **Lenses**: {}{}{}\n", fmt::join(head.lenses, ", "),
                      std::ranges::find(spec.sizes, Dim::embedding, &SizeKey::dim) != spec.sizes.end()
                          ? " where E is H, else full alone"
                          : "",
                      spec.block.causal ? "; position t predicts token t + 1" : "");
  text += fmt::format("- **Configuration** (default): {}\n", keys_text(spec));
  if (!requirements.empty()) text += fmt::format("- **Must be**: {}\n", fmt::join(requirements, ", "));
  std::vector<std::string> prefixes;
  for (std::string_view prefix : spec.base_prefixes) prefixes.push_back(fmt::format("`{}`", prefix));
  return text + fmt::format("\nNames without the prefix {} of the base model:\n\n{}",
                            fmt::join(prefixes, " or "), tensor_rows(spec));
}

}  // namespace

std::string families_page() {
  std::string page = R"(# Families

Made from the files in src/arch by the test that holds this page against them (`LOGITLENS_UPDATE=1` writes it). Each family is
one such file: what its configuration and its tensors are called, how a block is built, what its prediction head does.

H hidden width, E width of the embeddings, I inner width, V vocabulary, P positions, Q query heads times head width d, K key heads
times d. A dense layer's matrix is [out, in]; where a family stores it [in, out], its shape is written so. `{layer}` is a block's number.
Every name is also found behind `module.`, with and without the base model's prefix, and with `gamma` and `beta` for a norm's weight
and bias. A lens is the head up to a step: `raw` the decoder matrix alone, `bias` with its bias, `final_norm` behind the norm that a pre-norm
model applies after its last block, `norm` behind the head's own norm too, `full` the whole head. Inside the blocks, `--taps` shows hidden
states after attention and, in post-norm blocks, before and after its norm and before the last norm.

)";
  std::vector<std::string> sections;
  for (const ArchSpec* spec : architectures()) sections.push_back(family_section(*spec));
  return page + fmt::format("{}", fmt::join(sections, "\n"));
}

}  // namespace logitlens
