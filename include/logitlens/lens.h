// What to look at: which positions are masked, through which lens, which statistics.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "logitlens/status.h"
#include "logitlens/words.h"

namespace logitlens {

// How much of the prediction head a hidden state h [H] goes through, for a head dense - activation - LayerNorm -
// decoder W [V, H] + bias b [V]:
//   raw  = W h          bias = W h + b          norm = W LayerNorm(h) + b          full = the whole head
enum class Lens { full, norm, bias, raw };

// Which positions are replaced by the mask token, and together with which.
struct Mask {
  enum class Kind {
    automatic,  // the text's own masks where it holds any, else `each`
    each,       // every token that the tokenizer did not add itself, one at a time
    none,       // no masking: a row for every position
    groups,     // `groups`, one forward pass each, one row a position
  };
  Kind kind = Kind::automatic;
  std::vector<std::vector<int>> groups;  // positions in the token sequence, 0 = the first special token

  static const Mask each;
  static const Mask none;
  static Mask at(const std::vector<int>& positions) {  // each alone
    Mask mask{Kind::groups, {}};
    for (int position : positions) mask.groups.push_back({position});
    return mask;
  }
  static Mask together(std::vector<int> positions) { return Mask{Kind::groups, {std::move(positions)}}; }
};
inline const Mask Mask::each{Mask::Kind::each, {}};
inline const Mask Mask::none{Mask::Kind::none, {}};

// A mask as the command line writes it: each, none, 3,5 (each alone), 3+7 (together), 3+7,9. Error: usage.
Result<Mask> parse_mask(std::string_view text);

// What to do with a text that has more tokens than the model has positions.
enum class MaxLength {
  refuse,    // an error that names both numbers
  truncate,  // keep the first tokens and the closing special token; counted in the result
};

struct SweepOptions {
  Mask mask = {};
  Lens lens = Lens::full;
  std::vector<std::string> statistics = {};  // names as in statistics(); empty: all
  std::vector<int> layers = {};              // ascending, 0 = embeddings, k = after block k; empty: all
  std::vector<std::string> targets =
      {};       // token strings: one for all rows, or one a row; empty: the masked tokens
  int top = 5;  // K of `top`, at most the vocabulary
  std::vector<std::string> tracked = {};  // token strings that every row follows through all layers
  bool track_best = false;  // follow the row's target too, and the tokens that are best at any of its layers
  std::vector<int> positions = {};  // only the rows at these positions; empty: all that the mask asks for
  MaxLength max_length = MaxLength::refuse;
  int threads = 0;               // 0: one a core this process may run on
  bool allow_nonfinite = false;  // accept NaN and infinity in weights
  std::size_t batch_rows = 0;    // rows of activations held at once; 0: chosen. Never changes a result
  // Called between batches, on the calling thread: forward passes done, and to be done in all.
  std::function<void(std::size_t done, std::size_t total)> progress = {};
  int settle_rank = 10;                     // k of "first layer with rank <= k"
  double settle_kl = 0.1;                   // eps of "first layer with KL to the last layer below eps", nats
  std::optional<WordClasses> classes = {};  // the grammar words of the findings; none: english_closed_class()
};

}  // namespace logitlens
