// A directory's older tokenizer files turned into the tokenizer.json that the reference makes of them.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "io/mapped_file.h"
#include "text/special_roles.h"

namespace logitlens {

struct SlowFiles {
  const std::map<std::string, std::shared_ptr<const MappedFile>>& files;  // by name
  const TokenizerRule& rule;
  const TokenizerSettings& settings;
};

struct ConvertedTokenizer {
  std::string file;       // the vocabulary's path, for messages
  std::string json;       // a tokenizer.json
  bool has_gaps = false;  // blank lines of a vocab.txt are ids without a token
  std::vector<std::string> notes;
};

// Errors are bad_input with the file, the place in it and what to do. The files that the rule asks for exist.
Result<ConvertedTokenizer> convert_vocabulary_list(const SlowFiles& slow);  // vocab.txt
Result<ConvertedTokenizer> convert_byte_level(const SlowFiles& slow);       // vocab.json and merges.txt
Result<ConvertedTokenizer> convert_sentencepiece(const SlowFiles& slow);    // *.model

// The names of a SentencePiece model's file.
inline constexpr std::string_view sentencepiece_files[] = {"spiece.model", "sentencepiece.bpe.model",
                                                           "spm.model"};

}  // namespace logitlens
