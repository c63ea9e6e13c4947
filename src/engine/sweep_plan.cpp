#include "engine/sweep_plan.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "base/cpu.h"
#include "kernels/gemm.h"
#include "lens/head.h"
#include "text/truncate.h"

namespace logitlens {

namespace {

// Rows of activations at once: enough for the products' full speed, about 40 MB at BERT-base's width.
constexpr std::size_t default_batch_rows = 2048;

Error usage(std::string field, std::string found, std::string expected, std::string remedy = "") {
  return {.code = Code::usage,
          .file = "",
          .field = std::move(field),
          .found = std::move(found),
          .expected = std::move(expected),
          .remedy = std::move(remedy),
          .names = {}};
}

Status check_options(const Model::Impl& model, const SweepOptions& options) {
  LL_TRY(check_lens(model.config, options.lens));
  if (options.top < 1 || static_cast<std::size_t>(options.top) > model.config.vocab)
    return usage("--top", std::to_string(options.top),
                 fmt::format("1 to {}, the vocabulary", model.config.vocab));
  for (const std::string& name : options.statistics)
    if (std::ranges::find(statistics(), name, &StatisticInfo::name) == statistics().end()) {
      std::vector<std::string> names;
      for (const StatisticInfo& info : statistics()) names.push_back(info.name);
      return usage("--stats", name, fmt::format("some of {}", fmt::join(names, ",")));
    }
  for (int layer : options.layers)
    if (layer < 0 || static_cast<std::size_t>(layer) > model.config.layers)
      return usage("--layers", std::to_string(layer), fmt::format("0 to {}", model.config.layers));
  if (options.threads < 0 || options.threads > 1024)
    return usage("--threads", std::to_string(options.threads), "0 (all cores) to 1024");
  return ok_status();
}

// The layers to decode and those to show: the last layer is always decoded, at the end of a group, for kl_to_last.
void plan_layers(const Model::Impl& model, const SweepOptions& options, SweepPlan& plan, LensTable& table) {
  if (options.layers.empty()) {
    for (std::size_t layer = 0; layer <= model.config.layers; ++layer)
      table.layers.push_back(static_cast<int>(layer));
  } else {
    table.layers = options.layers;
    std::ranges::sort(table.layers);
    const auto repeated = std::ranges::unique(table.layers);
    table.layers.erase(repeated.begin(), repeated.end());
  }
  for (int layer : table.layers) plan.layers.push_back(static_cast<std::size_t>(layer));
  if (plan.layers.back() != model.config.layers) plan.layers.push_back(model.config.layers);
}

// --target: one token for all rows, or one a row.
Status choose_targets(const Model::Impl& model, const SweepOptions& options, SweepPlan& plan) {
  const std::vector<std::string>& targets = options.targets;
  if (targets.empty()) return ok_status();
  if (targets.size() != 1 && targets.size() != plan.rows.size())
    return usage("--target", fmt::format("{} tokens", targets.size()),
                 fmt::format("one for all rows, or {}, one a row", plan.rows.size()));
  for (std::size_t row = 0; row < plan.rows.size(); ++row) {
    const std::string& target = targets[targets.size() == 1 ? 0 : row];
    const auto id = model.tokenizer.id(target);
    if (!id)
      return usage("--target", fmt::format("\"{}\"", target),
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
      return usage("--position", std::to_string(position), "a position that the mask gives a row to");
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
      return usage("--token", fmt::format("\"{}\"", token),
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
      row.masked_with = plan.sequences[s].masked;
      row.masked = table.tokens[static_cast<std::size_t>(row.position)].id == plan.mask_id ||
                   std::ranges::find(row.masked_with, row.position) != row.masked_with.end();
      if (const auto target = plan.rows[index].target) {
        row.target_id = target;
        row.target = model.tokenizer.token(*target);
      }
    }
}

std::string describe_mask(const Mask& mask, const std::vector<int>& positions,
                          const std::vector<Token>& tokens, std::int32_t mask_id) {
  const auto is_mask = [&](const Token& token) { return !token.special && token.id == mask_id; };
  std::string each = positions.empty() ? "each" : fmt::format("{}", fmt::join(positions, ","));
  switch (mask.kind) {
    case Mask::Kind::automatic: return std::ranges::any_of(tokens, is_mask) ? "text" : each;
    case Mask::Kind::each: return each;
    case Mask::Kind::none: return "none";
    case Mask::Kind::groups: break;
  }
  std::vector<std::string> groups;
  for (const auto& group : mask.groups) groups.push_back(fmt::format("{}", fmt::join(group, "+")));
  return fmt::format("{}", fmt::join(groups, ","));
}

// Sequences a batch, all batches alike: as many as the wanted number of rows holds.
std::size_t cut_batches(std::size_t sequences, std::size_t tokens, std::size_t batch_rows) {
  const std::size_t wanted = batch_rows > 0 ? batch_rows : default_batch_rows;
  const std::size_t most = std::max<std::size_t>(1, wanted / std::max<std::size_t>(1, tokens));
  const std::size_t batches = std::max<std::size_t>(1, (sequences + most - 1) / most);
  return std::max<std::size_t>(1, (sequences + batches - 1) / batches);
}

}  // namespace

Result<SweepPlan> plan_sweep(const Model::Impl& model, std::string_view text, const SweepOptions& options,
                             LensTable& table) {
  LL_TRY(check_options(model, options));
  SweepPlan plan;
  table.model = model.info;
  table.text = std::string(text);
  LL_ASSIGN(table.tokens, model.tokenizer.encode(text));
  LL_ASSIGN(table.run.truncated_tokens, fit_length(table.tokens, model.config.positions, options.max_length));
  for (const Token& token : table.tokens) plan.ids.push_back(token.id);

  const auto mask_id = model.tokenizer.special().mask;
  plan.mask_id = mask_id.value_or(-1);
  LL_ASSIGN(plan.sequences, plan_masks(options.mask, table.tokens, mask_id));
  LL_TRY(keep_positions(options.positions, plan.sequences));
  for (const MaskedSequence& sequence : plan.sequences) {
    plan.rows_of_sequence.emplace_back();
    for (int position : sequence.asked) {
      const std::int32_t id = plan.ids[static_cast<std::size_t>(position)];
      plan.rows_of_sequence.back().push_back(plan.rows.size());
      plan.rows.push_back({position, id == plan.mask_id ? std::nullopt : std::optional(id)});
    }
  }
  LL_TRY(choose_targets(model, options, plan));
  LL_TRY(choose_tracked(model, options, plan));
  plan_layers(model, options, plan, table);
  plan.batch_sequences = cut_batches(plan.sequences.size(), plan.ids.size(), options.batch_rows);
  fill_rows(model, plan, table);

  table.run.version = std::string(version());
  table.run.isa = std::string(active_isa());
  table.run.gemm = gemm_library();
  table.run.lens = std::string(lens_name(options.lens));
  table.run.mask = describe_mask(options.mask, options.positions, table.tokens, plan.mask_id);
  table.run.top = options.top;
  table.run.settle_rank = options.settle_rank;
  table.run.settle_kl = options.settle_kl;
  return plan;
}

void add_notes(const Model::Impl& model, const SweepOptions& options, LensTable& table) {
  table.notes = model.notes();
  const auto note = [&](std::string text) { table.notes.push_back(std::move(text)); };
  if (table.run.truncated_tokens > 0)
    note(fmt::format("{} tokens at the end were left out: the model has {} positions",
                     table.run.truncated_tokens, model.config.positions));
  if (table.run.mask == "none" && !table.rows().empty())
    note("nothing is masked: each position sees its own token");
  const auto rows_without = [&](auto test) { return std::ranges::count_if(table.rows(), test); };
  if (const auto count = rows_without([](const Row& row) { return !row.target_id; }))
    note(
        fmt::format("{} of {} rows have no target, the text itself holds the mask there: target_* is null; "
                    "name one with --target",
                    count, table.rows().size()));
  const auto undefined = rows_without([](const Row& row) {
    return std::ranges::any_of(row.series, [&](const Series& series) {
      return !(series.info->needs_target && !row.target_id) &&
             std::ranges::any_of(series.values, [](double value) { return std::isnan(value); });
    });
  });
  if (undefined > 0)
    note(fmt::format("{} rows hold a null because their logits are {}: no z-score is defined", undefined,
                     options.allow_nonfinite ? "all equal or not finite" : "all equal"));
}

}  // namespace logitlens
