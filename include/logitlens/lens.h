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

// How much of the prediction head a hidden state h [H] goes through, for a head [final norm -] dense - activation -
// LayerNorm - decoder W [V, H] + bias b [V]:
//   raw = W h                        bias = W h + b           final_norm = W f(h) + b
//   norm = W LayerNorm(f(h)) + b     full = the whole head
// f: the norm that a pre-norm model applies behind its last block, nothing in others. A step that a head lacks, or that
// its widths do not allow, or that would be the whole head, does not exist (Model::describe lists those that do).
enum class Lens { full, norm, final_norm, bias, raw };

// "full", "norm", ...; the lens of such a name. Error: usage.
std::string_view lens_name(Lens lens);
Result<Lens> parse_lens(std::string_view name);

// Which hidden states are looked at: after every block; also after its attention, and after the norm that may follow
// that; also before the norm at a block's end.
enum class Taps { layer, attention, all };
Result<Taps> parse_taps(std::string_view name);  // Error: usage

// What the blocks' dense products are computed in. int8: weights and activations as 8-bit integers, a scale for each output
// and each row, calibrated by nothing; all else, and the head, stay float32. Two to three times as fast where the
// processor has AVX-512 with VNNI, and refused elsewhere (usage). RunInfo::drift says what it changed.
enum class Precision { f32, int8 };
Result<Precision> parse_precision(std::string_view name);  // Error: usage

// Which positions are replaced by the mask token, and together with which.
struct Mask {
  enum class Kind {
    automatic,  // the text's own masks where it holds any, else `each`; for a decoder `none`
    each,       // every token that the tokenizer did not add itself, one at a time
    words,      // every word, all its pieces at once; a row a piece, and LensTable::words
    none,       // no masking: a row for every position. A decoder takes no other
    groups,     // `groups`, one forward pass each, one row a position
  };
  Kind kind = Kind::automatic;
  std::vector<std::vector<int>> groups;  // positions in the token sequence, 0 = the first special token

  static const Mask each;
  static const Mask words;
  static const Mask none;
  static Mask at(const std::vector<int>& positions) {  // each alone
    Mask mask{Kind::groups, {}};
    for (int position : positions) mask.groups.push_back({position});
    return mask;
  }
  static Mask together(std::vector<int> positions) { return Mask{Kind::groups, {std::move(positions)}}; }
};
inline const Mask Mask::each{Mask::Kind::each, {}};
inline const Mask Mask::words{Mask::Kind::words, {}};
inline const Mask Mask::none{Mask::Kind::none, {}};

// A mask as the command line writes it: each, words, none, 3,5 (each alone), 3+7 (together), 3+7,9. Error:
// usage.
Result<Mask> parse_mask(std::string_view text);

// What to do with a text that has more tokens than the model has positions. The result says what was done.
enum class MaxLength {
  refuse,  // an error that names both numbers
  truncate,  // keep the first tokens and the closing special token; of two texts, the longer one gives way first
  window,  // read it in overlapping windows, each position from the one where it sees most
};

// How the vocabulary is gone through (docs/performance.md, "Statistics without all logits").
enum class Logits {
  automatic,  // screened where the statistics allow it, nothing is masked, and it pays for this text alone
  all,        // every logit
  screened,   // only those that the statistics need. Usage error where they need all, or the processor cannot
};
Result<Logits> parse_logits(std::string_view name);  // auto, all, screened. Error: usage

struct SweepOptions {
  Mask mask = {};
  Lens lens = Lens::full;
  Taps taps = Taps::layer;
  Precision precision = Precision::f32;
  std::vector<std::string> statistics = {};  // names as in statistics(); empty: all
  std::vector<int> layers = {};              // ascending, 0 = embeddings, k = after block k; empty: all
  std::vector<std::string> targets =
      {};       // token strings: one for all rows, or one a row; empty: the masked tokens
  int top = 5;  // K of `top`, at most the vocabulary
  std::vector<std::string> tracked = {};  // token strings that every row follows through all layers
  bool track_best = false;  // follow the row's target too, and the tokens that are best at any of its layers
  std::vector<int> positions = {};  // only the rows at these positions; empty: all that the mask asks for
  MaxLength max_length = MaxLength::refuse;
  int window_stride = 0;  // tokens of the text from one window to the next; 0: half a window's
  std::optional<std::string> second = {};  // a second text, by the family's template for pairs
  int threads = 0;                         // 0: one a core this process may run on
  Logits logits = Logits::automatic;
  bool allow_nonfinite = false;  // accept NaN and infinity in weights
  std::size_t batch_rows = 0;    // rows of activations held at once; 0: chosen. Never changes a result
  // Called between batches, on the calling thread: forward passes done, and to be done in all.
  std::function<void(std::size_t done, std::size_t total)> progress = {};
  int settle_rank = 10;                     // k of "first layer with rank <= k"
  double settle_kl = 0.1;                   // eps of "first layer with KL to the last layer below eps", nats
  std::optional<WordClasses> classes = {};  // the grammar words of the findings; none: english_closed_class()
};

}  // namespace logitlens
