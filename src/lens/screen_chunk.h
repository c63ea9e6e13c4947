// Some rows on their way over the vocabulary: intervals around all logits, a closer look at the ids that these leave open,
// and the product itself for the last few. lens/screened_rows.h says what it is for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "base/matrix.h"
#include "kernels/gemm_int8.h"
#include "kernels/screen.h"
#include "kernels/top_list.h"
#include "lens/centres.h"
#include "lens/exact_logits.h"
#include "lens/screened_decoder.h"
#include "lens/screened_rows.h"
#include "logitlens/status.h"

namespace logitlens {

class ScreenChunk {
 public:
  static constexpr std::size_t closer_ids =
      128;  // decoder rows that stay in the second-level cache for all chunks

  // For up to `height` rows, a multiple of gemm_row_block.
  static Result<ScreenChunk> create(const ScreenedDecoder& decoder, std::size_t height,
                                    ScreenedQuestion question);

  // The three steps. x, targets (-1: none) and results [rows] must live until the last. False if a product failed.
  bool screen(const Centres& centres, ConstMatrix x, std::span<const std::int32_t> targets,
              std::span<ScreenedRow> results);
  // At the ids closer_ids * stretch and on; stretches may be looked at at once.
  void look_closer(std::size_t stretch);
  void finish();

  // Between the first step and the second: the ids of a row that need a closer look; a row is left unanswered.
  std::size_t open(std::size_t row) const { return rows_[row].open.size(); }
  void give_up(std::size_t row);

 private:
  static constexpr std::size_t tile_ids = ScreenedDecoder::tile_ids;

  struct Candidate {
    std::int32_t id;
    float upper;
    bool beside_target;  // its interval holds the target's logit
  };
  struct Row {
    const Centre* centre = nullptr;
    ScreenRow screen{};
    double constant = 0;  // logit = interval's value + this
    double slack = 0;     // float32 roundings: of the interval's ends and of the exact product
    double rounding = 0;  // of the exact product alone
    bool has_target = false;
    double target = 0;  // its float32 logit
    // A lower end above `above` beats the target, an upper end up to `below` does not. Infinite if none are counted.
    float above = std::numeric_limits<float>::infinity(), below = above;
    TopList best{1};              // the K best lower ends
    std::vector<Candidate> open;  // ascending
    std::vector<double> logits;   // theirs, as exact as a step needs them
    std::vector<std::int32_t>
        close_to_target;  // ids to be compared with it by the product's logits, ascending
  };

  void load(const Centres& centres, ConstMatrix x);
  void load_row(const Centre& centre, const float* values, std::size_t r);
  void aim(std::size_t r, float logit);
  bool screen_tile(std::size_t tile);
  bool keep_open(Row& row, std::size_t first, std::size_t n, float limit);
  float best_limit(const Row& row) const;
  void close_hopeless(Row& row) const;
  std::vector<std::int32_t> tell_apart(std::size_t r);
  void narrow(std::size_t r, double apart);
  double logit_in_double(std::size_t r, std::size_t id) const;

  const ScreenedDecoder* screened_ = nullptr;
  std::size_t top_ = 1;
  bool ranks_ = true;
  std::span<ScreenedRow> results_;
  GemmInt8 whole_, rest_;  // of a tile; of the last one
  ExactLogits exact_;
  FloatBuffer scratch_, x_, products_;
  std::vector<std::uint8_t> bytes_;  // [height, H], a number plus GemmInt8::zero
  std::vector<Row> rows_;            // [height]
  float lower_[tile_ids] = {}, upper_[tile_ids] = {};
  std::int32_t found_[tile_ids + find_slack] = {};
};

}  // namespace logitlens
