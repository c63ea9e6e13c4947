// Hidden states handed out: the tap of the public API, and all layers of one text.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "engine/encode_input.h"
#include "engine/model_impl.h"
#include "model/forward.h"
#include "text/truncate.h"

namespace logitlens {

namespace {

constexpr std::size_t batch_rows = 2048;

Status check_ids(const ModelConfig& config, std::span<const std::int32_t> ids, std::size_t tokens) {
  if (tokens == 0 || tokens > config.positions)
    return usage_error("tokens", std::to_string(tokens), fmt::format("1 to {} positions", config.positions));
  if (ids.size() % tokens != 0)
    return usage_error("ids", fmt::format("{} ids", ids.size()),
                       fmt::format("a multiple of {} tokens", tokens));
  for (std::int32_t id : ids)
    if (id < 0 || static_cast<std::size_t>(id) >= config.vocab)
      return usage_error("ids", std::to_string(id), fmt::format("0 to {}", config.vocab - 1));
  return ok_status();
}

// ids [sequences * T], types alike or empty (all 0); checked.
Status run_sequences(const Model::Impl& model, std::span<const std::int32_t> ids,
                     std::span<const std::int32_t> types, std::size_t tokens, const Tap& tap, int threads,
                     Taps taps) {
  ThreadTeam team(threads);
  const bool packed = model.weights.packing_pays_for(ids.size());
  const std::size_t sequences = ids.size() / tokens, most = std::max<std::size_t>(1, batch_rows / tokens);
  for (std::size_t first = 0; first < sequences; first += most) {
    const std::size_t count = std::min(most, sequences - first);
    std::vector<std::size_t> asked(count * tokens);
    std::iota(asked.begin(), asked.end(), std::size_t{0});
    LL_ASSIGN(ForwardPlan plan, ForwardPlan::create(model.config, model.weights,
                                                    {count, tokens, asked.size(), true,
                                                     static_cast<std::size_t>(team.size()), taps, packed}));
    const auto part = [&](std::span<const std::int32_t> all) {
      return all.empty() ? all : all.subspan(first * tokens, count * tokens);
    };
    LL_TRY(run_forward(model.config, model.weights, plan, {part(ids), asked, part(types)}, team, false,
                       [&](std::size_t layer, TapPoint point, ConstMatrix states) {
                         tap({static_cast<int>(layer),
                              tap_name(point),
                              first,
                              count,
                              tokens,
                              states.cols,
                              {states.data, states.rows * states.cols}});
                       }));
  }
  return ok_status();
}

}  // namespace

Status Model::forward(std::span<const std::int32_t> ids, std::size_t tokens, const Tap& tap, int threads,
                      Taps taps) const {
  return no_throw_reading(*impl_, [&]() -> Status {
    LL_TRY(check_ids(impl_->config, ids, tokens));
    return run_sequences(*impl_, ids, {}, tokens, tap, threads, taps);
  });
}

Result<HiddenStates> Model::hidden_states(std::string_view text, MaxLength max_length, int threads,
                                          const std::optional<std::string>& second, Taps taps) const {
  return no_throw_reading(*impl_, [&]() -> Result<HiddenStates> {
    if (max_length == MaxLength::window)
      return usage_error("--max-length", "window", "refuse or truncate: hidden states are those of one pass");
    LL_ASSIGN(std::vector<Token> tokens, encode_input(*impl_, text, second));
    LL_ASSIGN([[maybe_unused]] const std::size_t dropped,
              fit_length(tokens, impl_->config.positions, max_length));
    std::vector<std::int32_t> ids;
    for (const Token& token : tokens) ids.push_back(token.id);
    if (!ids.empty()) LL_TRY(check_ids(impl_->config, ids, ids.size()));
    LL_ASSIGN(const std::vector<std::int32_t> types, token_types(*impl_, tokens));
    HiddenStates states{impl_->config.layers + 1, tokens.size(), impl_->config.hidden, {}, {},
                        std::move(tokens)};
    for (TapPoint point : tap_points(impl_->config, taps))
      if (point != TapPoint::layer) states.inner.emplace_back(tap_name(point), std::vector<float>());
    if (ids.empty()) return states;  // an empty text of a family without special tokens
    states.values.reserve(states.layers * states.tokens * states.hidden);
    LL_TRY(run_sequences(
        *impl_, ids, types, ids.size(),
        [&](const TapView& view) {
          std::vector<float>* to = &states.values;
          for (auto& [name, values] : states.inner)
            if (name == view.tap) to = &values;
          to->insert(to->end(), view.states.begin(), view.states.end());
        },
        threads, taps));
    return states;
  });
}

}  // namespace logitlens
