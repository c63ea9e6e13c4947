// Hidden states as a safetensors file: `dump`.
#include "base/no_throw.h"
#include "io/safetensors.h"
#include "logitlens/report.h"

namespace logitlens {

Status save_hidden_states(const HiddenStates& states, const std::string& path, bool force) {
  return no_throw([&]() -> Status {
    std::vector<std::int64_t> ids, types;
    for (const Token& token : states.text) {
      ids.push_back(token.id);
      types.push_back(token.segment);
    }
    const auto bytes = [](const auto& values) { return std::as_bytes(std::span(values)); };
    return write_safetensors(
        path,
        {{"text_ids", "I64", {states.tokens}, bytes(ids)},
         {"token_type_ids", "I64", {states.tokens}, bytes(types)},
         {"hidden_states", "F32", {states.layers, states.tokens, states.hidden}, bytes(states.values)}},
        {{"format", "pt"}, {"logitlens", "hidden_states [layers + 1, tokens, hidden]; 0 = embeddings"}},
        force);
  });
}

}  // namespace logitlens
