#include "model/weights.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstring>
#include <set>

#include "base/checked.h"
#include "io/tensor_bundle.h"
#include "kernels/gemm_int8.h"
#include "kernels/row_kernels.h"
#include "model/convert_floats.h"
#include "model/tensor_names.h"

namespace logitlens {

namespace {

std::string show_shape(const std::vector<std::size_t>& shape) {
  return fmt::format("[{}]", fmt::join(shape, ", "));
}

bool same_values(const Tensor& a, const Tensor& b) {
  return a.dtype == b.dtype && a.bytes.size() == b.bytes.size() &&
         std::memcmp(a.bytes.data(), b.bytes.data(), a.bytes.size()) == 0;
}

}  // namespace

// Walks the architecture's rules over the checkpoint's tensors, collecting all that is wrong before it reports.
class WeightLoader {
 public:
  WeightLoader(const Checkpoint& checkpoint, const ModelConfig& config)
      : checkpoint_(checkpoint), config_(config) {}

  Result<Weights> load() {
    weights_.blocks_.resize(config_.blocks);
    for (std::size_t layer = 0; layer < config_.layers; ++layer)
      weights_.block_of_.push_back(config_.block_of(layer));
    weights_.checked_ = std::make_shared<Weights::Checked>(config_.blocks + 1);
    weights_.packed_ = std::make_shared<Weights::Copies>(config_.blocks);
    weights_.quantized_ = std::make_shared<Weights::Copies>(config_.blocks);
    weights_.rows_run_ = std::make_shared<std::atomic<std::size_t>>(0);
    for (const TensorRule& rule : config_.arch->tensors) {
      if (rule.slot == Slot::decoder_weight && config_.tied) continue;
      const std::size_t times = is_block_slot(rule.slot) ? config_.blocks : 1;
      for (std::size_t block = 0; block < times; ++block)
        if (holds(rule.when, checkpoint_.config, config_, block)) find(rule, block);
    }
    LL_TRY(report());
    add_cautions();
    for (const Found& found : found_) LL_TRY(use(found));
    if (config_.tied) tie_decoder();
    std::ranges::sort(weights_.uses_, {}, &std::pair<const Tensor*, WeightUse>::first);
    return std::move(weights_);
  }

 private:
  struct Found {
    const TensorRule* rule;
    std::size_t block;
    const Tensor* tensor;
  };

  void find(const TensorRule& rule, std::size_t block) {
    const Tensor* tensor =
        find_tensor(checkpoint_.tensors, *config_.arch, rule.preferred_name(config_.tied), block);
    for (std::string_view name : rule.names) {
      const Tensor* other = find_tensor(checkpoint_.tensors, *config_.arch, name, block);
      if (other && tensor && other != tensor && !same_values(*tensor, *other))
        weights_.notes_.push_back(
            fmt::format("{} and {} differ: the first is added", tensor->name, other->name));
      if (!tensor) tensor = other;
    }
    if (!tensor) {
      missing_.push_back(canonical_name(*config_.arch, rule.slot, rule.preferred_name(config_.tied), block));
      missing_from_head_ += is_head_slot(rule.slot);
      return;
    }
    found_from_head_ += is_head_slot(rule.slot);
    found_.push_back({&rule, block, tensor});
    check_shape(rule, *tensor);
    if (tensor->dtype == DType::other)
      unusable_.push_back(fmt::format("{} ({})", tensor->name, tensor->dtype_name));
  }

  void check_shape(const TensorRule& rule, const Tensor& tensor) {
    std::vector<std::size_t> expected;
    for (Dim dim : rule.shape) expected.push_back(config_.size(dim));
    if (tensor.in_out || rule.stored_in_out) std::ranges::reverse(expected);
    if (tensor.shape != expected)
      misshapen_.push_back(fmt::format("{} is {}, the configuration says {} ({})", tensor.name,
                                       show_shape(tensor.shape), show_shape(expected), size_keys(rule)));
  }

  // The configuration's keys that a rule's shape comes from.
  std::string size_keys(const TensorRule& rule) const {
    std::vector<std::string_view> keys;
    for (Dim dim : rule.shape) {
      const auto size = std::ranges::find(config_.arch->sizes, dim, &SizeKey::dim);
      if (size != config_.arch->sizes.end() && std::ranges::find(keys, size->keys.front()) == keys.end())
        keys.push_back(size->keys.front());
    }
    if (keys.empty()) keys.push_back("its sizes");
    return fmt::format("{}", fmt::join(keys, ", "));
  }

  Error error(std::string field, std::string found, std::string expected, std::string remedy,
              std::vector<std::string> names) const {
    const std::string file =
        checkpoint_.weight_files.empty() ? checkpoint_.path : checkpoint_.weight_files.front();
    return {.code = Code::bad_input,
            .file = file,
            .field = std::move(field),
            .found = std::move(found),
            .expected = std::move(expected),
            .remedy = std::move(remedy),
            .names = std::move(names)};
  }

  Status report() {
    if (missing_from_head_ > 0 && found_from_head_ == 0)
      return error("prediction head", "no LM head", "the tensors of a language model's head",
                   std::string(config_.arch->no_head_remedy), std::move(missing_));
    if (!missing_.empty()) return missing_error();
    const std::size_t misshapen = misshapen_.size(), unusable = unusable_.size();
    if (misshapen > 0)
      return error("shapes", fmt::format("{} misshapen", misshapen),
                   fmt::format("the shapes that {} gives", checkpoint_.config_file),
                   "Check that configuration and weights belong together", std::move(misshapen_));
    if (unusable > 0)
      return error("types", fmt::format("{} tensors of a type that the model cannot compute with", unusable),
                   "F32, F16, BF16 or F64", "Convert the weights to float32 first", std::move(unusable_));
    return ok_status();
  }

  Error missing_error() {
    constexpr std::size_t with_suggestion = 5;
    const std::size_t count = missing_.size();
    std::set<const Tensor*> used;
    for (const Found& found : found_) used.insert(found.tensor);
    for (std::size_t i = 0; i < std::min(count, with_suggestion); ++i)
      if (const std::string near = nearest_name(checkpoint_.tensors, used, missing_[i]); !near.empty())
        missing_[i] += fmt::format(" (nearest: {})", near);
    return error("tensors", fmt::format("{} missing", count),
                 fmt::format("all tensors of {}", config_.arch->model_type),
                 "Use a complete checkpoint of this architecture", std::move(missing_));
  }

  Status use(const Found& found) {
    const Tensor& tensor = *found.tensor;
    Weight weight{.cols = 1};
    weight.rows = config_.size(found.rule->shape[0]);
    for (std::size_t i = 1; i < found.rule->shape.size(); ++i)
      weight.cols *= config_.size(found.rule->shape[i]);
    weight.in_out = tensor.in_out || found.rule->stored_in_out;
    weight.stored = &tensor;
    if (tensor.dtype == DType::f32) {
      weight.data = reinterpret_cast<const float*>(tensor.bytes.data());
    } else {
      LL_ASSIGN(weight.data, converted(tensor, weight.size()));
    }
    if (tensor.dtype == DType::f32 && is_block_slot(found.rule->slot) && weight.cols > 1)
      weight.packed = std::make_shared<PackedWeight>();
    if (is_block_slot(found.rule->slot) && weight.cols > 1 && weight.cols <= gemm_int8_longest)
      weight.quantized = std::make_shared<QuantizedWeight>();
    auto& group = is_block_slot(found.rule->slot) ? weights_.blocks_[found.block] : weights_.globals_;
    group[static_cast<std::size_t>(found.rule->slot)] = weight;
    weights_.uses_.push_back({&tensor, {found.rule->slot, found.block, found.rule->use}});
    return ok_status();
  }

  Result<const float*> converted(const Tensor& tensor, std::size_t n) {
    LL_ASSIGN(FloatBuffer buffer, FloatBuffer::allocate(n));
    convert_floats(tensor.dtype, tensor.bytes.data(), buffer.data(), n);
    weights_.converted_bytes_ += n * sizeof(float);
    weights_.converted_.push_back(std::make_unique<FloatBuffer>(std::move(buffer)));
    const std::string note =
        fmt::format("weights stored as {} are computed with as float32", tensor.dtype_name);
    if (std::ranges::find(weights_.notes_, note) == weights_.notes_.end()) weights_.notes_.push_back(note);
    return static_cast<const float*>(weights_.converted_.back()->data());
  }

  void add_cautions() {
    for (const Caution& caution : config_.arch->cautions)
      if (std::ranges::any_of(checkpoint_.tensors.all(), [&](const Tensor& tensor) {
            return matches_name(caution.tensor, tensor.name);
          }))
        weights_.notes_.emplace_back(caution.text);
  }

  // The word embeddings are the decoder; a decoder that is stored all the same is compared at first use.
  void tie_decoder() {
    auto& decoder = weights_.globals_[static_cast<std::size_t>(Slot::decoder_weight)];
    decoder = weights_.global(Slot::word_embeddings);
    const auto rule = std::ranges::find(config_.arch->tensors, Slot::decoder_weight, &TensorRule::slot);
    if (rule == config_.arch->tensors.end()) return;
    weights_.stored_decoder_ = find_tensor(checkpoint_.tensors, *config_.arch, rule->names.front(), 0);
  }

  const Checkpoint& checkpoint_;
  const ModelConfig& config_;
  Weights weights_;
  std::vector<Found> found_;
  std::vector<std::string> missing_, misshapen_, unusable_;
  std::size_t missing_from_head_ = 0, found_from_head_ = 0;
};

Result<Weights> Weights::load(const Checkpoint& checkpoint, const ModelConfig& config) {
  return WeightLoader(checkpoint, config).load();
}

const WeightUse* Weights::use_of(const Tensor& tensor) const {
  const auto at = std::ranges::lower_bound(uses_, &tensor, {}, &std::pair<const Tensor*, WeightUse>::first);
  return at != uses_.end() && at->first == &tensor ? &at->second : nullptr;
}

}  // namespace logitlens
