// Lists of words by class: which words of a text carry grammar and which carry content.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "logitlens/status.h"

namespace logitlens {

struct ClassedWord {
  std::string word;        // lower-case
  std::string word_class;  // "article", "pronoun", ..; "grammar" where the list names none
};

// The words of the small, fixed classes of a language. A word that is on no list carries content.
struct WordClasses {
  std::string name;  // "english", or the file's path
  std::vector<ClassedWord> words;
};

// Articles, determiners, pronouns, prepositions, conjunctions, auxiliaries, particles and contractions of English.
const WordClasses& english_closed_class();

// A list as a file has it: a word a line, or a word, a tab and its class; blank lines and lines that begin with # are
// passed over. UTF-8, at most 1 MiB; `name` stands in errors. Errors (bad_input, with the line): invalid UTF-8, a word
// with a space in it, more than one tab, an empty word or class, a class named "content", a word listed twice, no word at
// all.
Result<WordClasses> parse_word_classes(std::string_view text, std::string name);

// The same from a file. Errors: io too.
Result<WordClasses> read_word_classes(const std::string& path);

}  // namespace logitlens
