#include "analysis/word_classes.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <map>
#include <vector>

#include "analysis/mann_whitney.h"
#include "text/fold_case.h"

namespace logitlens {
namespace {

// Where the character before byte `at` begins.
std::size_t previous_start(std::string_view text, std::size_t at) {
  do {
    --at;
  } while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80);
  return at;
}

bool is_word_at(std::string_view text, std::size_t at) {
  return at < text.size() && is_word_character(first_code_point(text.substr(at)).value);
}

bool is_apostrophe(std::string_view character) { return character == "'" || character == "\u2019"; }

// A letter, or an apostrophe between letters.
bool belongs_to_word(std::string_view text, std::size_t at) {
  if (at >= text.size()) return false;
  const std::size_t bytes = first_code_point(text.substr(at)).bytes;
  if (is_word_at(text, at)) return true;
  return is_apostrophe(text.substr(at, bytes)) && at > 0 && is_word_at(text, previous_start(text, at)) &&
         is_word_at(text, at + bytes);
}

struct Span {
  std::size_t start = 0, end = 0;
};

// Cut short where no list would have it.
constexpr std::size_t kLongestWord = 256;

Span word_around(std::string_view text, Span token) {
  const auto may_grow = [&token] { return token.end - token.start <= kLongestWord; };
  while (may_grow() && token.start > 0 && belongs_to_word(text, previous_start(text, token.start)))
    token.start = previous_start(text, token.start);
  while (may_grow() && belongs_to_word(text, token.end))
    token.end += first_code_point(text.substr(token.end)).bytes;
  return token;
}

// Without what stands at its ends and belongs to no word: byte-level vocabularies count the space in front.
Span trimmed(std::string_view text, Span token) {
  while (token.start < token.end && !belongs_to_word(text, token.start))
    token.start += first_code_point(text.substr(token.start)).bytes;
  while (token.end > token.start && !belongs_to_word(text, previous_start(text, token.end)))
    token.end = previous_start(text, token.end);
  return token;
}

double settling_layer(const Row& row) {
  return row.settling.target_stable ? *row.settling.target_stable : std::numeric_limits<double>::infinity();
}

std::optional<double> median(std::vector<double> layers) {
  if (layers.empty()) return std::nullopt;
  std::ranges::sort(layers);
  const double middle = (layers[(layers.size() - 1) / 2] + layers[layers.size() / 2]) / 2;
  return std::isfinite(middle) ? std::optional(middle) : std::nullopt;
}

ClassDistribution distribution(const LensTable& table, std::string name, const std::vector<double>& settled) {
  ClassDistribution out{std::move(name), static_cast<int>(settled.size()), {}, 0, median(settled)};
  for (int layer : table.layers)
    out.settled.push_back(static_cast<int>(std::ranges::count(settled, static_cast<double>(layer))));
  out.never = static_cast<int>(std::ranges::count(settled, std::numeric_limits<double>::infinity()));
  return out;
}

ClassTest compare(const std::vector<double>& grammar, const std::vector<double>& content) {
  const MannWhitney test = mann_whitney(grammar, content);
  return {static_cast<int>(grammar.size()), static_cast<int>(content.size()), test.u, test.p, test.exact};
}

const Token* own_token(const LensTable& table, const Row& row) {
  if (!row.masked || !row.target_id) return nullptr;
  const auto at = std::ranges::find(table.tokens, row.position, &Token::position);
  return at != table.tokens.end() && at->id == *row.target_id ? &*at : nullptr;
}

bool has_settling(const Row& row) {
  return !row.values("best_id").empty() || !row.values("target_rank").empty();
}

}  // namespace

WordLookup::WordLookup(const WordClasses& classes) {
  for (const ClassedWord& one : classes.words) classes_.emplace(one.word, &one.word_class);
}

const std::string* WordLookup::find(std::string_view word) const {
  const auto at = classes_.find(word);
  return at == classes_.end() ? nullptr : at->second;
}

std::string WordLookup::class_of(std::string_view text, const Token& token) const {
  if (token.special || token.end > text.size()) return "";
  const Span own = trimmed(text, {token.start, token.end});
  if (own.start >= own.end) return "";
  const Span whole = word_around(text, own);
  const std::string word = fold_case(text.substr(whole.start, whole.end - whole.start));
  if (const std::string* found = find(word)) return *found;
  // Part by part: up to the next apostrophe, which belongs to the part behind it.
  const std::string before = fold_case(text.substr(whole.start, own.end - whole.start));
  const std::size_t begin = before.rfind('\'') == std::string::npos ? 0 : before.rfind('\'');
  const std::size_t end = std::min(word.find('\'', std::max(begin + 1, before.size())), word.size());
  const std::string* found = find(std::string_view(word).substr(begin, end - begin));
  return found != nullptr ? *found : std::string(kContent);
}

std::optional<ClassFindings> compare_classes(const LensTable& table, const WordClasses& classes) {
  const WordLookup lookup(classes);
  ClassFindings findings;
  findings.word_list = classes.name;
  std::vector<double> grammar, content;
  std::map<std::string, std::vector<double>> by_class;
  for (const Row& row : table.rows()) {
    const Token* token = own_token(table, row);
    findings.of_rows.push_back(token != nullptr ? lookup.class_of(table.text_of(token->part), *token) : "");
    const std::string& name = findings.of_rows.back();
    if (name.empty()) continue;
    if (!has_settling(row)) return std::nullopt;
    (name == kContent ? content : grammar).push_back(settling_layer(row));
    if (name != kContent) by_class[name].push_back(settling_layer(row));
  }
  if (grammar.empty() || content.empty()) return std::nullopt;
  findings.grammar = distribution(table, std::string(kGrammar), grammar);
  findings.content = distribution(table, std::string(kContent), content);
  for (const auto& [name, settled] : by_class)
    findings.by_class.push_back(distribution(table, name, settled));
  findings.all = compare(grammar, content);
  for (auto* layers : {&grammar, &content})
    std::erase_if(*layers, [](double layer) { return std::isinf(layer); });
  findings.settled = compare(grammar, content);
  return findings;
}

}  // namespace logitlens
