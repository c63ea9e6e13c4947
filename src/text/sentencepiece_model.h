// A SentencePiece model file: a protobuf of pieces with scores, and what its trainer and normalizer were told.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "logitlens/status.h"

namespace logitlens {

struct SentencePieceModel {
  // As the format numbers them; a file may hold others.
  static constexpr std::int64_t unknown = 2, control = 3, user_defined = 4;
  static constexpr std::int64_t unigram = 1, bpe = 2;

  struct Piece {
    std::string_view text;
    float score = 0;
    std::int64_t type = 1;
  };

  std::vector<Piece> pieces;
  std::int64_t algorithm = unigram;
  bool byte_fallback = false;
  std::string_view character_map;  // compiled; empty for none
};

// The views point into `content`. Errors (bad_input; `file` names it): not such a message or cut short, a field
// of another kind, no pieces or more than a million, a piece that is empty, too long, not UTF-8, or whose score is
// not finite; an algorithm other than unigram and bpe.
Result<SentencePieceModel> read_sentencepiece_model(const std::string& file, std::string_view content);

}  // namespace logitlens
