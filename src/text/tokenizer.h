// Text to token ids, exactly as the Hugging Face `tokenizers` library does it: the crate itself behind a C
// ABI.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "io/checkpoint.h"
#include "logitlens/status.h"
#include "logitlens/table.h"

namespace logitlens {

struct SpecialTokens {  // resolved by string, never by constant
  std::optional<int> mask, unknown, cls, sep, pad, bos, eos;
};

class Tokenizer {
 public:
  // tokenizer.json where there is one (an invalid one is an error: no fall-back), else the pipeline that the
  // reference builds from vocab.txt, vocab.json with merges.txt, or a SentencePiece model; how, is told by
  // tokenizer_config.json's tokenizer_class, else config.json's model_type, else the file (docs/tokenizers.md).
  static Result<Tokenizer> from_checkpoint(const Checkpoint& checkpoint);

  // `text` with the family's special tokens around it. Errors: invalid UTF-8 (byte offset), over 16 MiB.
  Result<std::vector<Token>> encode(std::string_view text) const;

  // Two texts by the family's template for pairs, with its token types: [CLS] A [SEP] B [SEP] for BERT. Errors:
  // as above, for either text (field "second text" or "second text, byte N"), and over 16 MiB together.
  Result<std::vector<Token>> encode(std::string_view text, std::string_view second) const;

  // The vocabulary's string of an id; "" for an id without one.
  const std::string& token(int id) const;
  std::optional<int> id(std::string_view token) const;
  int vocab_size() const;  // highest id + 1
  const SpecialTokens& special() const;
  std::vector<std::pair<std::string, int>> special_list() const;  // name order of the file
  std::string description() const;                // "WordPiece, 30522 tokens, lower-case (vocab.txt)"
  const std::vector<std::string>& notes() const;  // "vocab.txt: byte order mark skipped", ...

  // What stands behind it (text/tokenizer_impl.h), shared by copies. encode() is safe from several threads.
  struct Impl;

 private:
  explicit Tokenizer(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  Result<std::vector<Token>> encode_texts(std::string_view text, const std::string_view* second) const;
  std::shared_ptr<const Impl> impl_;
};

}  // namespace logitlens
