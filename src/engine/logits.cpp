#include "engine/logits.h"

#include <cstring>

#include "lens/head_rows.h"
#include "lens/vocabulary_sweep.h"

namespace logitlens {

namespace {

// A statistic that keeps what it sees.
class CollectLogits final : public StatisticState {
 public:
  void update(const LogitTile& tile) override {
    logits_.insert(logits_.end(), tile.logits.begin(), tile.logits.end());
  }
  void merge(const StatisticState& other) override {
    const auto& more = static_cast<const CollectLogits&>(other).logits_;
    logits_.insert(logits_.end(), more.begin(), more.end());
  }
  double finish(const RowSums&) const override { return 0; }
  const std::vector<float>& logits() const { return logits_; }

 private:
  std::vector<float> logits_;
};

}  // namespace

Result<std::vector<float>> lens_logits(const ModelConfig& config, const Weights& weights, Lens lens,
                                       std::span<const float> states, ThreadTeam& team) {
  static const Statistic collect = {
      .info = {"logits", "logits", "x", StatisticInfo::Kind::real, false},
      .make_state = []() -> std::unique_ptr<StatisticState> { return std::make_unique<CollectLogits>(); }};
  const std::size_t H = config.hidden, rows = states.size() / H;
  LL_ASSIGN(HeadRows head, HeadRows::create(rows, config, weights));
  std::memcpy(head.states().data, states.data(), states.size_bytes());
  LL_TRY(head.apply(config, weights, lens, team));
  DecodeRequest request{.decoder = &weights.global(Slot::decoder_weight),
                        .bias = lens_bias(weights, lens),
                        .rows = head.decodable(),
                        .group_rows = 1,
                        .targets = std::vector<std::optional<std::int32_t>>(rows),
                        .top = 0,
                        .with_state = {&collect}};
  LL_ASSIGN(const std::vector<DecodedRow> decoded, decode_rows(request, team));
  std::vector<float> logits;
  logits.reserve(rows * config.vocab);
  for (const DecodedRow& row : decoded) {
    const auto& seen = static_cast<const CollectLogits&>(*row.states.front()).logits();
    logits.insert(logits.end(), seen.begin(), seen.end());
  }
  return logits;
}

}  // namespace logitlens
