// The result of a sweep: for every row (a position of a masked text) and every layer, what the model would say there.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace logitlens {

// One statistic of a row of logits x [V], or of how it relates to the last layer's.
struct StatisticInfo {
  enum class Kind { real, integer, token };
  std::string name;     // JSON key, CSV column, command-line name
  std::string unit;     // "nats", "standard deviations", "logits", "count", "token id"
  std::string formula;  // one line
  Kind kind = Kind::real;
  bool needs_target = false;  // null where the row has no target
};

// Every statistic this build knows, in the order of the table's columns; `top` is listed too, its values live in
// Row::top. The pointers in a table point into this list.
const std::vector<StatisticInfo>& statistics();

// The values of one statistic over the table's layers. NaN: no value (written as null).
struct Series {
  const StatisticInfo* info = nullptr;
  std::vector<double> values;  // [layers]
};

struct Token {
  int position = 0;
  int id = 0;
  std::string token;  // the vocabulary's string
  std::string text;   // as a person reads it: the slice of the given text; the token itself for added ones
  std::size_t start =
      0;  // bytes into the given text (the token's own one of two); start = end for added tokens
  std::size_t end = 0;
  bool special = false;  // added by the tokenizer, not part of the text
  int segment = 0;       // token type id of the family's template: what the model is fed
  int part = 0;          // 0 the text, 1 the second text; an added token counts to the token before it
  int word = -1;  // the word it is a piece of, by Unicode's rules (UAX #29); counted on over both texts;
                  // -1 for added tokens
};

struct TopToken {
  int id = 0;
  std::string token;
  double logit = 0;
  double logprob = 0;  // nats
  double z = 0;        // population standard deviations over the vocabulary
};

// A knee of the curve of z against layer.
struct Knee {
  int layer = 0;
  double strength = 0;  // depth of the knee below the chord, in units of the curve's range: 0..1
};

// Two straight lines through the same curve, the second steeper: the knee's second opinion.
struct TwoSegment {
  int layer = 0;    // where they meet
  double gain = 0;  // 1 - their squared errors over those of one straight line: 0..1
};

// When a row makes up its mind, by several definitions (docs/analysis.md). A layer number, or nothing where there is none.
struct Settling {
  std::optional<int> best_stable;    // first layer from which the last layer's best token stays best
  std::optional<int> target_stable;  // first layer from which the target is best and stays so
  std::optional<int> rank_le_k;      // first layer with target_rank <= k
  std::optional<int> kl_below;       // first layer with kl_to_last < eps
  std::optional<int>
      largest_jump;  // layer k with the largest z[k] - z[k-1] of the target (of the best without one)
  std::optional<Knee> knee;
  std::optional<TwoSegment> two_segment;
};

// A token that is followed through all layers, whatever its place among the most likely ones.
struct TrackedToken {
  int id = 0;
  std::string token;
  std::vector<double> logit, logprob, z;  // [layers]; nats; standard deviations
};

struct Row {
  int position = 0;
  bool masked = false;
  std::vector<int> masked_with;   // every position masked in this row's forward pass, this one included
  std::optional<int> target_id;   // the token that was masked; none where the text itself held the mask
  std::string target;             // its vocabulary string
  std::vector<Series> series;     // one a selected statistic
  std::vector<std::string> best;  // [layers], vocabulary strings of best_id
  std::vector<std::vector<TopToken>>
      top;                            // [layers][K], best first, ties to the lower id; empty if not selected
  std::vector<TrackedToken> tracked;  // as SweepOptions asks, in its order
  Settling settling;
  int window = 0;  // which of the run's windows the row was read from

  // Values over the layers, or an empty span if that statistic was not selected.
  std::span<const double> values(std::string_view statistic) const {
    for (const Series& one : series)
      if (one.info->name == statistic) return one.values;
    return {};
  }
};

// A word masked as a whole (--mask words), over its pieces' rows, whichever statistics were selected. All pieces
// are masked at once, so each is predicted without the others, and their sum is the word's log-probability if
// they were independent of each other given the rest of the text.
struct Word {
  int part = 0;           // which text it is of: 0 the first, 1 the second
  std::string text;       // the slice of that text
  std::size_t start = 0;  // bytes into that text
  std::size_t end = 0;
  std::vector<int> positions;          // of its pieces, ascending; a row of the table each
  std::vector<double> target_logprob;  // [layers] nats; the pieces' summed; NaN without a target
  std::vector<bool> best_is_target;    // [layers] every piece's best token is its target
  std::vector<std::string> best;       // [layers] the pieces' best tokens joined as a person reads them
  std::optional<int> target_stable;    // first layer from which best_is_target holds and stays so
};

struct ModelInfo {
  std::string id;      // as the user named it
  std::string family;  // "bert"
  int layers = 0;
  int hidden = 0;
  int vocab = 0;
  std::optional<std::string> sha256;
  std::string source;  // where the weights came from: "embedded", a path
};

// How far a table computed in int8 strays from float32: rows of it that were computed again.
struct Drift {
  int rows = 0;            // computed again, evenly spread over the forward passes
  int states = 0;          // rows times layers
  int same_best = 0;       // of the states, those with the same best token
  int same_best_last = 0;  // of the rows, those with the same best token at the table's last layer
  double z = 0;            // the largest difference of best_z or target_z, over all states
};

// How a table was computed. Nothing else in a table depends on these.
struct RunInfo {
  std::string version;
  std::string precision = "f32";  // "int8"
  std::optional<Drift> drift;     // with int8
  int threads = 0;
  std::string isa;             // "avx512", "avx2", "sse2"
  std::string gemm;            // library and version
  std::string logits = "all";  // "screened": statistics without all logits, docs/performance.md
  std::string lens;            // "full", "norm", "final_norm", "bias", "raw"
  std::string mask;            // "each", "words", "none", "3,5", "3+7", "text"
  std::string predicts =
      "same";   // a row is about the token at its own position; "next": about the one after it
  int top = 0;  // K of Row::top
  int settle_rank = 0;
  double settle_kl = 0;
  double wall_s = 0;
  std::size_t truncated_tokens = 0;
  std::size_t batch = 1;          // masked texts that went through the encoder at once
  std::size_t windows = 1;        // overlapping pieces that a long text was read in
  std::size_t window_stride = 0;  // tokens of the text from one window to the next; 0 with one window
};

// When the words of a class settle: target_stable of their rows (docs/analysis.md).
struct ClassDistribution {
  std::string name;
  int rows = 0;
  std::vector<int> settled;      // [layers] rows that settle there
  int never = 0;                 // rows that do not
  std::optional<double> median;  // settling layer; none where half of them or more never settle
};

// Does one kind settle earlier? By Mann and Whitney (docs/analysis.md).
struct ClassTest {
  int grammar = 0, content = 0;  // words
  double u = 0;  // pairs of a grammar and a content word in which the grammar word settles first, a tie half
  double p = 1;  // two-sided
  bool exact = true;  // p counted over all splits, not approximated
};

// Grammar words against content words.
struct ClassFindings {
  std::string word_list;             // what grammar is: "english", or a file
  std::vector<std::string> of_rows;  // [rows] class, "content", or "" for what is no word or not masked
  ClassDistribution grammar, content;
  std::vector<ClassDistribution> by_class;  // grammar, class by class
  ClassTest all;                            // a word that never settles counting as later than every layer
  ClassTest settled;                        // of the words that settle
};

struct Findings {
  // Sum over the rows of target_logprob at the last layer, nats; only where every token was masked in turn.
  std::optional<double> pseudo_log_likelihood;
  std::vector<double> pseudo_log_likelihood_per_layer;  // [layers]; empty without the former
  std::optional<ClassFindings> classes;                 // only where both kinds of words were masked
};

class LensTable {
 public:
  ModelInfo model;
  RunInfo run;
  std::string text;
  std::optional<std::string> text_second;  // where a second text was given
  std::vector<std::string> notes;          // warnings and the reasons of nulls
  std::vector<Token> tokens;
  std::vector<int> layers;  // the layer number of each entry of a series
  std::vector<std::string>
      taps;  // where in that layer: "layer" (its output), "attention", "attention_norm", "feed_forward"
  std::vector<Word> words;  // with the mask `words` only
  Findings findings;

  // The text that the bytes of a Token or a Word of that part count into.
  std::string_view text_of(int part) const { return part > 0 && text_second ? *text_second : text; }

  const std::vector<Row>& rows() const { return rows_; }
  std::vector<Row>& rows() { return rows_; }

 private:
  std::vector<Row> rows_;
};

}  // namespace logitlens
