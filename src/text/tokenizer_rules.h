// How each family builds its tokenizer from the files of old, where there is no tokenizer.json: one table.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "text/special_tokens.h"

namespace logitlens {

// What a vocabulary's file holds.
enum class VocabularyKind {
  wordpiece,      // vocab.txt, cut as BERT does
  word_list,      // vocab.txt, cut at white space and at every entry
  byte_level,     // vocab.json and merges.txt
  sentencepiece,  // spiece.model, sentencepiece.bpe.model or spm.model
};

// What happens to a text before it is cut into words.
enum class TextForm {
  as_it_is,
  bert,           // clean; lower-case and strip accents by the switches of the config
  composed,       // NFC
  albert,         // quotes, NFKD, accents, case, then the model's own character map
  character_map,  // the model's own character map
  deberta,        // runs of white space are one space, NFC
};

// How the words of a byte-level vocabulary are found.
enum class WordPattern { gpt2, qwen };

// One piece that goes before those of a SentencePiece model: a role's string, or `text`.
struct FirstPiece {
  std::optional<Role> role;
  std::string_view text;
  double score = 0;
};

// What stands around a text and a pair: A and B are the texts, other words the roles' tokens; ":1" gives a
// token type, 0 else.
struct AroundText {
  std::string_view single = "A", pair = "A B:1";
};

struct TokenizerRule {
  std::span<const std::string_view> classes;      // of tokenizer_config.json, without "Tokenizer"
  std::span<const std::string_view> model_types;  // of config.json, where no class tells
  std::span<const FirstPiece> first_pieces = {};  // SentencePiece: what goes before the model's pieces,
  std::size_t skipped_pieces = 0;                 // and how many of the model's they stand for
  AroundText around;
  std::array<std::string_view, roles.size()> names;  // of the roles, where no file gives them; "": none
  VocabularyKind vocabulary = VocabularyKind::wordpiece;
  TextForm form = TextForm::as_it_is;
  WordPattern words = WordPattern::gpt2;
  bool mask_takes_space = false;  // the mask swallows the white space before it, unless a file says otherwise
  bool mask_follows = false;      // a mask that the vocabulary lacks is its next id
  bool mask_closes = false;       // SentencePiece: the mask comes after the model's pieces
  bool trims_offsets = false;     // a token's slice leaves out the space before it
  bool lower_case = false;        // where no file says do_lower_case

  std::string_view name_of(Role role) const { return names[static_cast<std::size_t>(role)]; }
};

// The rule of a tokenizer class ("BertTokenizer", "BertTokenizerFast"), nullptr for one that has none.
const TokenizerRule* rule_of_class(std::string_view tokenizer_class);

// Whether a class only says that the tokenizer was made by hand, of any parts.
bool is_generic_class(std::string_view tokenizer_class);

// The rule of config.json's model_type, nullptr if it has none.
const TokenizerRule* rule_of_model_type(std::string_view model_type);

// The rule that a vocabulary of this kind usually follows.
const TokenizerRule& usual_rule(VocabularyKind kind);

// "Albert, Bert, ...": the classes that have a rule, for messages.
std::string known_classes();

}  // namespace logitlens
