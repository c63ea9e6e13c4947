#include "render/table_words.h"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/layer_outputs.h"
#include "render/display_width.h"

namespace logitlens {
namespace {

std::string lens_words(std::string_view lens) {
  if (lens == "full") return "full lens (the model's whole prediction head)";
  if (lens == "norm") return "norm lens (the head without its dense step)";
  if (lens == "final_norm") return "final_norm lens (the model's final norm and the decoder)";
  if (lens == "bias") return "bias lens (decoder matrix and bias only)";
  if (lens == "raw") return "raw lens (decoder matrix only)";
  return std::string(lens) + " lens";
}

}  // namespace

std::vector<std::string> title_phrases(const LensTable& table) {
  std::vector<std::string> phrases = {
      shown(table.model.id).bytes,
      fmt::format("{}, {} layers", shown(table.model.family).bytes, table.model.layers),
      lens_words(table.run.lens), mask_words(table.run)};
  if (table.run.windows > 1)
    phrases.push_back(
        fmt::format("read in {} windows, {} tokens apart", table.run.windows, table.run.window_stride));
  return phrases;
}

std::string mask_words(const RunInfo& run) {
  const std::string& mask = run.mask;
  if (run.predicts == "next") return "nothing masked: every position predicts the next token";
  if (mask == "words") return "every word masked as a whole, all its pieces at once";
  if (mask == "each") return "every token masked in turn";
  if (mask == "none") return "nothing masked: every position sees its own token";
  if (mask == "text") return "masked where the text itself holds a mask";
  if (mask.find('+') != std::string::npos) return "masked together: positions " + mask;
  if (mask.find(',') != std::string::npos) return "masked one at a time: positions " + mask;
  return "masked: position " + mask;
}

std::string_view token_at(const LensTable& table, int position) { return token_at(table.tokens, position); }

std::string state_label(const LensTable& table, std::size_t i) {
  if (is_layer_output(table, i)) return fmt::format("{}", table.layers[i]);
  return fmt::format("{} {}", table.layers[i], table.taps[i]);
}

std::string layer_clause(const LensTable& table) {
  std::string words = "Layer 0 is the output of the embeddings, layer k that of block k";
  if (has_inner_states(table)) {
    words += "; inside it, attention and feed_forward are the states after those are added";
    if (std::ranges::find(table.taps, "attention_norm") != table.taps.end())
      words += ", attention_norm after the norm between them";
  }
  return words;
}

std::string layer_sentence(const LensTable& table) { return layer_clause(table) + "."; }

}  // namespace logitlens
