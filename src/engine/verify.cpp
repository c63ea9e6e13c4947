// Does the engine say what the model says? Held against a path of its own in double precision, or against a golden file.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "engine/logits.h"
#include "engine/model_impl.h"
#include "io/safetensors.h"
#include "lens/reference_head.h"
#include "model/convert_floats.h"

namespace logitlens {

namespace {

constexpr std::string_view sentence = "The way you do anything is the way you do everything.";
// float32 against float64, in units of the largest magnitude: PyTorch's own float32 stays below a tenth of this.
constexpr double bound = 1e-4;

// The largest difference, in units of the largest magnitude of the reference.
template <class Reference>
double difference(std::span<const float> ours, const Reference& reference) {
  double largest = 0, difference = 0;
  for (std::size_t i = 0; i < ours.size(); ++i) {
    const double ours_i = static_cast<double>(ours[i]), reference_i = static_cast<double>(reference[i]);
    largest = std::max(largest, std::abs(reference_i));
    const double apart = std::abs(ours_i - reference_i);
    difference = std::isnan(apart) ? INFINITY : std::max(difference, apart);
  }
  return difference / std::max(largest, 1e-30);
}

Check compare(std::string name, double difference) {
  return {std::move(name), difference <= bound,
          fmt::format("largest difference {:.1e} of the largest magnitude, bound {:.0e}", difference, bound)};
}

Check check_weights(const Model::Impl& model, ThreadTeam& team) {
  Check check{"weights are finite and intact", true, "every value"};
  const auto note = [&](const Status& status) {
    if (status.ok() || !check.passed) return;
    check.passed = false;
    check.detail = status.error().message();
  };
  note(model.weights.check_globals(team, false));
  for (std::size_t layer = 0; layer < model.config.layers; ++layer)
    note(model.weights.check_block(layer, team, false));
  return check;
}

// Encoding what was decoded gives the same ids.
Check check_round_trip(const Model::Impl& model, const std::vector<Token>& tokens) {
  std::size_t lost = 0;
  for (const Token& token : tokens) lost += model.tokenizer.id(token.token) != std::optional(token.id);
  return {"tokens and ids round trip", lost == 0,
          fmt::format("{} of {} tokens", tokens.size() - lost, tokens.size())};
}

std::vector<std::int32_t> ids_of(const std::vector<Token>& tokens, std::size_t most) {
  std::vector<std::int32_t> ids;
  for (const Token& token : tokens)
    if (ids.size() < most) ids.push_back(token.id);
  return ids;
}

// A tensor of the golden file as floats, or an error that names it.
struct GoldenTensor {
  std::vector<std::size_t> shape;
  std::vector<float> values;
};
std::optional<GoldenTensor> read_floats(const TensorMap& golden, std::string_view name) {
  const Tensor* tensor = golden.find(name);
  if (!tensor || tensor->dtype == DType::other) return std::nullopt;
  GoldenTensor read{tensor->shape,
                    std::vector<float>(tensor->bytes.size() / bytes_per_element(tensor->dtype))};
  convert_floats(tensor->dtype, tensor->bytes.data(), read.values.data(), read.values.size());
  return read;
}

std::optional<std::vector<std::int32_t>> read_ids(const TensorMap& golden, std::string_view name) {
  const Tensor* tensor = golden.find(name);
  if (!tensor || tensor->dtype_name != "I64" || tensor->shape.size() != 1) return std::nullopt;
  std::vector<std::int32_t> ids;
  for (std::size_t i = 0; i < tensor->shape[0]; ++i) {
    std::int64_t id = 0;
    std::memcpy(&id, tensor->bytes.data() + 8 * i, 8);
    if (id < 0 || id > INT32_MAX) return std::nullopt;
    ids.push_back(static_cast<std::int32_t>(id));
  }
  return ids;
}

class GoldenCheck {
 public:
  GoldenCheck(const Model& model, const Model::Impl& impl, const TensorMap& golden, std::string file,
              ThreadTeam& team)
      : model_(model), impl_(impl), golden_(golden), file_(std::move(file)), team_(team) {}

  Status run(VerifyReport& report) {
    const auto ids = read_ids(golden_, "text_ids");
    if (!ids) return error("text_ids", "not there, or not I64 [T]", "the token ids of the golden's text");
    LL_ASSIGN(const Floats states, states_of(*ids));
    LL_TRY(compare_tensor("hidden_states", states, report));
    LL_ASSIGN(const Floats full, logits(Lens::full, states));
    LL_TRY(compare_tensor("lens_full", full, report));
    if (golden_.find("lens_raw")) {
      LL_ASSIGN(const Floats raw, logits(Lens::raw, states));
      LL_TRY(compare_tensor("lens_raw", raw, report));
    }
    const std::size_t own = ids->size() * impl_.config.vocab;
    LL_TRY(compare_tensor("model_logits", Floats(full.end() - static_cast<std::ptrdiff_t>(own), full.end()),
                          report));
    if (golden_.find("sweep_lens_full")) LL_TRY(compare_sweep(*ids, report));
    return ok_status();
  }

 private:
  using Floats = std::vector<float>;

  Error error(std::string field, std::string found, std::string expected) const {
    return {.code = Code::bad_input,
            .file = file_,
            .field = std::move(field),
            .found = std::move(found),
            .expected = std::move(expected),
            .remedy = "Use the golden file that was made of this checkpoint",
            .names = {}};
  }

  Result<Floats> states_of(const std::vector<std::int32_t>& ids) const {
    Floats states;  // [L+1, T, H]
    LL_TRY(model_.forward(
        ids, ids.size(),
        [&](const TapView& view) { states.insert(states.end(), view.states.begin(), view.states.end()); },
        team_.size()));
    return states;
  }

  Result<Floats> logits(Lens lens, const Floats& states) const {
    return lens_logits(impl_.config, impl_.weights, lens, states, team_);
  }

  Status compare_tensor(const std::string& name, const Floats& ours, VerifyReport& report) const {
    const auto golden = read_floats(golden_, name);
    if (!golden) return error(name, "not there, or not of a floating-point type", "the reference's values");
    if (golden->values.size() != ours.size())
      return error(name, fmt::format("{} values", golden->values.size()),
                   fmt::format("{}, as this model gives", ours.size()));
    report.checks.push_back(compare(name, difference(ours, golden->values)));
    return ok_status();
  }

  // Each position of sweep_positions masked in turn: the lens at that position, every layer.
  Status compare_sweep(const std::vector<std::int32_t>& ids, VerifyReport& report) const {
    const auto positions = read_ids(golden_, "sweep_positions");
    const auto mask = impl_.tokenizer.special().mask;
    if (!positions || !mask)
      return error("sweep_positions", "not there, or the model has no mask token", "positions, I64 [M]");
    const std::size_t T = ids.size(), H = impl_.config.hidden, L = impl_.config.layers;
    Floats states;  // [M, L+1, H]
    for (std::int32_t position : *positions) {
      if (static_cast<std::size_t>(position) >= T)
        return error("sweep_positions", std::to_string(position), "positions of the text");
      std::vector<std::int32_t> masked = ids;
      masked[static_cast<std::size_t>(position)] = *mask;
      LL_ASSIGN(const Floats all, states_of(masked));
      for (std::size_t layer = 0; layer <= L; ++layer) {
        const auto from =
            all.begin() + static_cast<std::ptrdiff_t>((layer * T + static_cast<std::size_t>(position)) * H);
        states.insert(states.end(), from, from + static_cast<std::ptrdiff_t>(H));
      }
    }
    LL_ASSIGN(const Floats ours, logits(Lens::full, states));
    return compare_tensor("sweep_lens_full", ours, report);
  }

  const Model& model_;
  const Model::Impl& impl_;
  const TensorMap& golden_;
  const std::string file_;
  ThreadTeam& team_;
};

}  // namespace

bool VerifyReport::passed() const {
  return std::ranges::all_of(checks, [](const Check& check) { return check.passed; });
}

Result<std::vector<double>> Model::reference_logits(std::span<const float> states) const {
  return no_throw_reading(*impl_, [&]() -> Result<std::vector<double>> {
    const std::size_t H = impl_->config.hidden;
    if (states.size() % H != 0)
      return usage_error("states", fmt::format("{} values", states.size()), fmt::format("rows of {}", H));
    ThreadTeam team(0);
    return reference_lens(impl_->config, impl_->weights, Lens::full, Doubles(states.begin(), states.end()),
                          team);
  });
}

Result<VerifyReport> Model::verify(const std::optional<std::string>& golden, int threads) const {
  return no_throw_reading(*impl_, [&]() -> Result<VerifyReport> {
    VerifyReport report;
    ThreadTeam team(threads);
    report.checks.push_back(check_weights(*impl_, team));
    if (!report.passed()) return report;
    LL_ASSIGN(const std::vector<Token> tokens, impl_->tokenizer.encode(sentence));
    report.checks.push_back(check_round_trip(*impl_, tokens));

    if (golden) {
      LL_ASSIGN(const auto file, MappedFile::open(*golden));
      TensorMap tensors;
      LL_TRY(read_safetensors(file, tensors));
      LL_TRY(GoldenCheck(*this, *impl_, tensors, *golden, team).run(report));
      LL_TRY(file->check_unchanged());
      return report;
    }
    const std::vector<std::int32_t> ids = ids_of(tokens, impl_->config.positions);
    const std::vector<ReferenceState> reference =
        reference_forward(impl_->config, impl_->weights, ids, Taps::all, team);
    std::vector<float> last;  // [T, H]
    double worst = 0;
    std::size_t state = 0;
    LL_TRY(forward(
        ids, ids.size(),
        [&](const TapView& view) {
          worst = std::max(worst, difference(view.states, reference[state++].values));
          last.assign(view.states.begin(), view.states.end());
        },
        threads, Taps::all));
    report.checks.push_back(compare(
        "hidden states of every layer and inside the blocks, against a separate path in double precision",
        state == reference.size() ? worst : INFINITY));
    LL_ASSIGN(const std::vector<float> ours,
              lens_logits(impl_->config, impl_->weights, Lens::full, last, team));
    report.checks.push_back(compare("last lens row = the model's own output, by that separate path",
                                    difference(ours, reference_lens(impl_->config, impl_->weights, Lens::full,
                                                                    reference.back().values, team))));
    return report;
  });
}

}  // namespace logitlens
