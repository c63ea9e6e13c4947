// Whether any family runs a slow path: the time of a forward pass per multiply-add that it needs, against BERT's at the same
// sizes, in turn, in one run. Weights are random; configurations are those of the tiny goldens with larger sizes.
//   families [ROUNDS]    prints a line a family: its ratio to BERT, median and range over the rounds
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "base/cpu.h"
#include "io/mapped_file.h"
#include "model/forward.h"

namespace logitlens {
namespace {

constexpr std::int64_t hidden = 768, heads = 12, key_heads = 4, inner = 3072, layers = 3, vocab = 1000,
                       room = 514;

void set(Json::Object& config, std::string_view key, std::int64_t value) {
  const auto at =
      std::ranges::find(config, key, [](const auto& entry) { return std::string_view(entry.first); });
  if (at != config.end())
    at->second = Json(value);
  else
    config.emplace_back(std::string(key), Json(value));
}

void set_first(Json::Object& config, const Keys& keys, std::int64_t value) {
  if (!keys.empty()) set(config, keys.front(), value);
}

// The golden's configuration at the bench's sizes.
Json enlarge(const Json& golden, const ArchSpec& arch) {
  Json::Object config = *golden.get<Json::Object>();
  for (const SizeKey& size : arch.sizes) switch (size.dim) {
      case Dim::hidden: set_first(config, size.keys, hidden); break;
      case Dim::inner: set_first(config, size.keys, inner); break;
      case Dim::vocab: set_first(config, size.keys, vocab); break;
      case Dim::positions: set_first(config, size.keys, room); break;
      case Dim::embedding:
        if (!size.times) set_first(config, size.keys, 128);
        break;
      default: break;
    }
  set_first(config, arch.layers, layers);
  set_first(config, arch.heads, heads);
  set_first(config, arch.key_heads, key_heads);
  set_first(config, arch.head_width, hidden / heads);
  std::erase_if(config, [](const auto& entry) { return entry.first == "layer_types"; });
  return Json(std::move(config));
}

struct Family {
  std::string name;
  Checkpoint checkpoint;
  ModelConfig config;
  std::optional<Weights> weights;
  std::optional<ForwardPlan> plan;
  double multiply_adds = 0;
  std::vector<double> seconds;
  std::vector<std::shared_ptr<std::vector<float>>> values = {};  // of the tensors
};

// Random tensors under the names and shapes of the family's rules.
void fill(Family& family) {
  std::mt19937 random(1);
  std::uniform_real_distribution<float> uniform(-0.03f, 0.03f);
  for (const TensorRule& rule : family.config.arch->tensors)
    for (std::size_t block = 0; block < (is_block_slot(rule.slot) ? family.config.blocks : 1); ++block) {
      if (!holds(rule.when, family.checkpoint.config, family.config, block)) continue;
      Tensor tensor;
      tensor.name = rule.names.front();
      tensor.file = "random";
      tensor.dtype_name = "F32";
      tensor.dtype = DType::f32;
      if (const auto at = tensor.name.find("{layer}"); at != std::string::npos)
        tensor.name.replace(at, 7, std::to_string(block));
      for (Dim dim : rule.shape) tensor.shape.push_back(family.config.size(dim));
      if (rule.stored_in_out) std::ranges::reverse(tensor.shape);
      const std::size_t n =
          std::accumulate(tensor.shape.begin(), tensor.shape.end(), std::size_t{1}, std::multiplies());
      auto values = std::make_shared<std::vector<float>>(n);
      for (float& value : *values) value = uniform(random) + (tensor.shape.size() == 1 ? 1.0f : 0.0f);
      tensor.bytes = std::as_bytes(std::span(*values));
      family.values.push_back(values);
      family.checkpoint.tensors.add(std::move(tensor));
    }
  std::string duplicate;
  family.checkpoint.tensors.finish(&duplicate);
}

// Of all products that a pass over S sequences of T tokens cannot do without.
double count_multiply_adds(const Family& family, std::size_t S, std::size_t T) {
  const ModelConfig& c = family.config;
  const double rows = static_cast<double>(S * T),
               R = static_cast<double>(family.plan->positions.distance_rows.size());
  const auto size = [](const Weight& weight) {
    return weight.data ? static_cast<double>(weight.size()) : 0.0;
  };
  double sum = rows * (size(family.weights->global(Slot::embedding_projection_weight)) +
                       size(family.weights->global(Slot::convolution_weight)));
  for (std::size_t layer = 0; layer < c.layers; ++layer) {
    for (Slot slot : {Slot::attention_query_weight, Slot::attention_key_weight, Slot::attention_value_weight,
                      Slot::attention_fused_weight, Slot::attention_output_weight, Slot::inner_weight,
                      Slot::inner_up_weight, Slot::output_weight})
      sum += rows * size(family.weights->block(layer, slot));
    const double width = static_cast<double>(c.query_width()), tokens = static_cast<double>(T);
    sum += 2 * rows * tokens * width;  // scores and context
    const int sides = c.distances.content_to_position + c.distances.position_to_content;
    sum += sides * (rows * R * width + R * static_cast<double>(c.hidden) * width);
  }
  return sum;
}

Result<Family> make(const std::string& name, const ArchSpec*& arch) {
  Family family{.name = name, .checkpoint = {}, .config = {}, .weights = {}, .plan = {}, .seconds = {}};
  const std::string file = std::string(LL_GOLDENS) + "/" + name + "/config.json";
  LL_ASSIGN(const auto text, MappedFile::open(file));
  LL_ASSIGN(family.checkpoint.config, parse_json(file, text->text()));
  family.checkpoint.config_file = file;
  LL_ASSIGN(const ModelConfig tiny, read_config(family.checkpoint));
  arch = tiny.arch;
  family.checkpoint.config = enlarge(family.checkpoint.config, *arch);
  LL_ASSIGN(family.config, read_config(family.checkpoint));
  fill(family);
  return family;
}

double run_once(Family& family, std::size_t S, std::size_t T, ThreadTeam& team) {
  std::vector<std::int32_t> ids(S * T);
  for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = static_cast<std::int32_t>(10 + i * 7 % 900);
  std::vector<std::size_t> asked(S * T);
  std::iota(asked.begin(), asked.end(), std::size_t{0});
  const auto begin = std::chrono::steady_clock::now();
  const Status status = run_forward(family.config, *family.weights, *family.plan, {ids, asked}, team, false,
                                    [](std::size_t, TapPoint, ConstMatrix) {});
  if (!status.ok()) fmt::print(stderr, "{}: {}\n", family.name, status.error().message());
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

Status run(std::size_t S, std::size_t T, int rounds) {
  ThreadTeam team(0);
  std::vector<std::string> names = {
      "bert",           "roberta",    "distilbert", "albert",          "electra",    "mpnet",
      "deberta",        "deberta-v2", "deberta-v3", "deberta-v2-conv", "modernbert", "esm",
      "xlm-roberta-xl", "gpt2",       "gpt-neox",   "llama",           "qwen2",      "qwen3"};
  std::vector<Family> families;
  for (const std::string& name : names) {
    const ArchSpec* arch = nullptr;
    LL_ASSIGN(Family family, make(name, arch));
    families.push_back(std::move(family));
  }
  for (Family& family : families) {
    LL_ASSIGN(family.weights, Weights::load(family.checkpoint, family.config));
    LL_ASSIGN(family.plan,
              ForwardPlan::create(family.config, *family.weights,
                                  {S, T, S * T, true, static_cast<std::size_t>(team.size()), Taps::layer}));
    family.multiply_adds = count_multiply_adds(family, S, T);
    run_once(family, S, T, team);
  }
  for (int round = 0; round < rounds; ++round)
    for (Family& family : families)
      family.seconds.push_back(run_once(family, S, T, team) / family.multiply_adds);

  fmt::print(
      "{} sequences of {} tokens, {} layers of width {}, {}, {} threads: time per multiply-add, BERT = 1\n",
      S, T, layers, hidden, active_isa(), team.size());
  for (const Family& family : families) {
    std::vector<double> ratios;
    for (std::size_t i = 0; i < family.seconds.size(); ++i)
      ratios.push_back(family.seconds[i] / families.front().seconds[i]);
    std::ranges::sort(ratios);
    fmt::print("  {:16} {:5.2f}  ({:.2f} to {:.2f})  {:6.1f} G multiply-adds\n", family.name,
               ratios[ratios.size() / 2], ratios.front(), ratios.back(), family.multiply_adds / 1e9);
  }
  return ok_status();
}

}  // namespace
}  // namespace logitlens

int main(int argc, char** argv) {
  using namespace logitlens;
  const int rounds = argc > 1 ? std::max(1, std::atoi(argv[1])) : 7;
  if (const Status isa = select_isa(); !isa.ok()) return 2;
  for (auto [S, T] : {std::pair<std::size_t, std::size_t>{8, 128}, {64, 16}, {2, 512}})
    if (const Status status = run(S, T, rounds); !status.ok()) {
      fmt::print(stderr, "error: {}\n", status.error().message());
      return static_cast<int>(status.error().code);
    }
  return 0;
}
