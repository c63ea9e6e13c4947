// Grammar words against content words: which settle earlier?
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "logitlens/table.h"
#include "logitlens/words.h"

namespace logitlens {

inline constexpr std::string_view kGrammar = "grammar", kContent = "content";

class WordLookup {
 public:
  explicit WordLookup(const WordClasses& classes);  // which must outlive it

  // The class of the word that a token of `text` is a piece of: as the list names it, kContent for a word that is not on
  // it, "" for a token without a letter or digit. A word is a run of letters, marks and digits, apostrophes within
  // it included; one with an apostrophe that is not listed is looked up part by part ("john's": john, 's).
  std::string class_of(std::string_view text, const Token& token) const;

 private:
  const std::string* find(std::string_view word) const;
  std::unordered_map<std::string_view, const std::string*> classes_;
};

// Layers of `target_stable` of the masked rows that look for their own token, by class. None without a row in each of the
// two groups, or without the statistics that target_stable needs.
std::optional<ClassFindings> compare_classes(const LensTable& table, const WordClasses& classes);

}  // namespace logitlens
