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
    std::vector<OutTensor> tensors = {
        {"text_ids", "I64", {states.tokens}, bytes(ids)},
        {"token_type_ids", "I64", {states.tokens}, bytes(types)},
        {"hidden_states", "F32", {states.layers, states.tokens, states.hidden}, bytes(states.values)}};
    for (const auto& [name, values] : states.inner)
      tensors.push_back({name, "F32", {states.layers - 1, states.tokens, states.hidden}, bytes(values)});
    return write_safetensors(path, tensors,
                             {{"format", "pt"},
                              {"logitlens",
                               "hidden_states [layers + 1, tokens, hidden]; 0 = embeddings; inside the "
                               "blocks [layers, tokens, hidden]; 0 = block 1"}},
                             force);
  });
}

}  // namespace logitlens
