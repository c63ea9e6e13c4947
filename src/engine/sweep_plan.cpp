#include "engine/sweep_plan.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/cpu.h"
#include "base/thread_team.h"
#include "engine/batch_choice.h"
#include "engine/encode_input.h"
#include "engine/logits_choice.h"
#include "kernels/gemm.h"
#include "lens/head.h"
#include "lens/statistic.h"
#include "text/truncate.h"

namespace logitlens {

namespace {

Status check_options(const Model::Impl& model, const SweepOptions& options) {
  LL_TRY(check_lens(model.config, model.weights, options.lens));
  if (options.top < 1 || static_cast<std::size_t>(options.top) > model.config.vocab)
    return usage_error("--top", std::to_string(options.top),
                       fmt::format("1 to {}, the vocabulary", model.config.vocab));
  if (options.precision == Precision::int8 && !has_int8_products())
    return usage_error(
        "--precision", "int8",
        "f32: 8-bit products need AVX-512 with VNNI, which this processor or LOGITLENS_ISA lacks",
        "Leave --precision out");
  for (const std::string& name : options.statistics)
    if (std::ranges::find(statistics(), name, &StatisticInfo::name) == statistics().end()) {
      std::vector<std::string> names;
      for (const StatisticInfo& info : statistics()) names.push_back(info.name);
      return usage_error("--stats", name, fmt::format("some of {}", fmt::join(names, ",")));
    }
  for (int layer : options.layers)
    if (layer < 0 || static_cast<std::size_t>(layer) > model.config.layers)
      return usage_error("--layers", std::to_string(layer), fmt::format("0 to {}", model.config.layers));
  if (options.threads < 0 || options.threads > 1024)
    return usage_error("--threads", std::to_string(options.threads), "0 (all cores) to 1024");
  return ok_status();
}

// The states to decode and those to show: the last layer's is always decoded, at the end of a group, for kl_to_last.
void plan_states(const Model::Impl& model, const SweepOptions& options, SweepPlan& plan, LensTable& table) {
  std::vector<int> layers = options.layers;
  if (layers.empty())
    for (std::size_t layer = 0; layer <= model.config.layers; ++layer)
      layers.push_back(static_cast<int>(layer));
  std::ranges::sort(layers);
  const auto repeated = std::ranges::unique(layers);
  layers.erase(repeated.begin(), repeated.end());
  for (int layer : layers)
    for (TapPoint point : tap_points(model.config, options.taps)) {
      if (layer == 0 && point != TapPoint::layer) continue;  // the embeddings have no inside
      table.layers.push_back(layer);
      table.taps.emplace_back(tap_name(point));
      plan.states.push_back({static_cast<std::size_t>(layer), point});
    }
  const PlannedState last{model.config.layers, TapPoint::layer};
  if (plan.states.back() != last) plan.states.push_back(last);
}

// --target: one token for all rows, or one a row.
Status choose_targets(const Model::Impl& model, const SweepOptions& options, SweepPlan& plan) {
  const std::vector<std::string>& targets = options.targets;
  if (targets.empty()) return ok_status();
  if (targets.size() != 1 && targets.size() != plan.rows.size())
    return usage_error("--target", fmt::format("{} tokens", targets.size()),
                       fmt::format("one for all rows, or {}, one a row", plan.rows.size()));
  for (std::size_t row = 0; row < plan.rows.size(); ++row) {
    const std::string& target = targets[targets.size() == 1 ? 0 : row];
    const auto id = model.tokenizer.id(target);
    if (!id)
      return usage_error("--target", fmt::format("\"{}\"", target),
                         "a token of the vocabulary, written as the vocabulary has it",
                         "See `tokens` in the JSON of a text that holds the word");
    plan.rows[row].target = id;
  }
  return ok_status();
}

// Only the rows at `positions`, and the forward passes that they need.
Status keep_positions(const std::vector<int>& positions, std::vector<MaskedSequence>& sequences) {
  if (positions.empty()) return ok_status();
  const auto wanted = [&](int position) { return std::ranges::find(positions, position) != positions.end(); };
  for (int position : positions) {
    const auto asks = [position](const MaskedSequence& sequence) {
      return std::ranges::find(sequence.asked, position) != sequence.asked.end();
    };
    if (std::ranges::none_of(sequences, asks))
      return usage_error("--position", std::to_string(position), "a position that the mask gives a row to");
  }
  for (MaskedSequence& sequence : sequences)
    std::erase_if(sequence.asked, [&](int position) { return !wanted(position); });
  std::erase_if(sequences, [](const MaskedSequence& sequence) { return sequence.asked.empty(); });
  return ok_status();
}

Status choose_tracked(const Model::Impl& model, const SweepOptions& options, SweepPlan& plan) {
  for (const std::string& token : options.tracked) {
    const auto id = model.tokenizer.id(token);
    if (!id)
      return usage_error("--token", fmt::format("\"{}\"", token),
                         "a token of the vocabulary, written as the vocabulary has it",
                         "See `tokens` in the JSON of a text that holds the word");
    if (std::ranges::find(plan.tracked, *id) == plan.tracked.end()) plan.tracked.push_back(*id);
  }
  return ok_status();
}

void fill_rows(const Model::Impl& model, const SweepPlan& plan, LensTable& table) {
  table.rows().resize(plan.rows.size());
  for (std::size_t s = 0; s < plan.sequences.size(); ++s)
    for (std::size_t index : plan.rows_of_sequence[s]) {
      Row& row = table.rows()[index];
      row.position = plan.rows[index].position;
      row.window = static_cast<int>(plan.sequences[s].window);
      row.masked_with = plan.sequences[s].masked;
      row.masked = table.tokens[static_cast<std::size_t>(row.position)].id == plan.mask_id ||
                   std::ranges::find(row.masked_with, row.position) != row.masked_with.end();
      if (const auto target = plan.rows[index].target) {
        row.target_id = target;
        row.target = model.tokenizer.token(*target);
      }
    }
}

// A decoder sees what stands before a position and is asked for what comes next: there is nothing to mask.
Result<Mask> choose_mask(const Model::Impl& model, const SweepOptions& options) {
  if (!model.config.causal) return options.mask;
  if (options.mask.kind == Mask::Kind::automatic || options.mask.kind == Mask::Kind::none) return Mask::none;
  return usage_error(
      "--mask", describe_mask(options.mask, {}, 0),
      fmt::format(
          "none, the only one for {}: it reads from left to right, and position t predicts token t + 1",
          model.config.arch->model_type),
      "Leave --mask out");
}

// Tokens of the text, fitted into the model's room or cut into windows.
Result<Windows> read_input(const Model::Impl& model, const SweepOptions& options, LensTable& table) {
  const bool in_windows = options.max_length == MaxLength::window;
  if (in_windows && options.second)
    return usage_error("--max-length", "window with a second text", "refuse or truncate",
                       "Windows are for one text: shorten the pair, or truncate it");
  if (options.window_stride != 0 && !in_windows)
    return usage_error("--window-stride", std::to_string(options.window_stride),
                       "--max-length window with it");
  if (options.window_stride < 0)
    return usage_error("--window-stride", std::to_string(options.window_stride), "1 or more tokens");

  LL_ASSIGN(table.tokens, encode_input(model, table.text, options.second));
  if (in_windows)
    return cut_windows(table.tokens, model.config.positions, static_cast<std::size_t>(options.window_stride));
  LL_ASSIGN(table.run.truncated_tokens, fit_length(table.tokens, model.config.positions, options.max_length));
  return one_window(table.tokens);
}

// What a row is about without --target: its own token, for a decoder the next one. The text's own masks hide
// theirs.
std::optional<std::int32_t> own_target(const Model::Impl& model, const SweepPlan& plan, int position) {
  const std::size_t at = static_cast<std::size_t>(position) + (model.config.causal ? 1 : 0);
  if (at >= plan.ids.size() || plan.ids[at] == plan.mask_id) return std::nullopt;
  return plan.ids[at];
}

}  // namespace

Result<SweepPlan> plan_sweep(const Model::Impl& model, std::string_view text, const SweepOptions& options,
                             LensTable& table) {
  LL_TRY(check_options(model, options));
  LL_ASSIGN(const Mask mask, choose_mask(model, options));
  SweepPlan plan;
  table.model = model.info;
  table.text = std::string(text);
  table.text_second = options.second;
  LL_ASSIGN(plan.windows, read_input(model, options, table));
  plan.windows.only_before_counts = model.config.causal;
  for (const Token& token : table.tokens) plan.ids.push_back(token.id);
  LL_ASSIGN(plan.types, token_types(model, table.tokens));

  const auto mask_id = model.config.causal ? std::nullopt : model.tokenizer.special().mask;
  plan.mask_id = mask_id.value_or(-1);
  LL_ASSIGN(plan.sequences, plan_masks(mask, table.tokens, mask_id, plan.windows));
  LL_TRY(keep_positions(options.positions, plan.sequences));
  for (const MaskedSequence& sequence : plan.sequences) {
    plan.rows_of_sequence.emplace_back();
    for (int position : sequence.asked) {
      plan.rows_of_sequence.back().push_back(plan.rows.size());
      plan.rows.push_back({position, own_target(model, plan, position)});
    }
  }
  LL_TRY(choose_targets(model, options, plan));
  LL_TRY(choose_tracked(model, options, plan));
  plan_states(model, options, plan, table);
  const auto workers = static_cast<std::size_t>(options.threads > 0 ? options.threads : available_cores());
  plan.batch_sequences =
      choose_batch(model.config, plan.sequences.size(), plan.windows.length, options.batch_rows, workers);
  LL_ASSIGN(plan.summaries, choose_summaries(model.config, options, plan, mask.kind));
  plan.ranks =
      !plan.summaries || std::ranges::find(options.statistics, "target_rank") != options.statistics.end();
  fill_rows(model, plan, table);

  table.run.version = std::string(version());
  table.run.precision = options.precision == Precision::int8 ? "int8" : "f32";
  table.run.isa = std::string(active_isa());
  table.run.gemm = gemm_library();
  table.run.logits = plan.summaries ? "screened" : "all";
  table.run.lens = std::string(lens_name(options.lens));
  table.run.mask = describe_mask(mask, table.tokens, mask_id);
  if (table.run.mask == "each" && !options.positions.empty())
    table.run.mask = fmt::format("{}", fmt::join(options.positions, ","));
  if (model.config.causal) table.run.predicts = "next";
  table.run.top = options.top;
  table.run.settle_rank = options.settle_rank;
  table.run.settle_kl = options.settle_kl;
  table.run.batch = plan.batch_sequences;
  table.run.windows = plan.windows.count();
  table.run.window_stride = plan.windows.stride;
  return plan;
}

}  // namespace logitlens
