// The pieces of a word put together again, as a person reads them.
#pragma once

#include <span>
#include <string>

#include "text/tokenizer.h"

namespace logitlens {

// How a vocabulary marks what continues a word and what begins one.
enum class PieceStyle {
  plain,       // not at all: pieces are put side by side
  word_piece,  // ##ing continues
  metaspace,   // ▁the begins
  byte_level,  // Ġthe begins; every character stands for a byte
};

// The style of most of the vocabulary's marked tokens.
PieceStyle piece_style(const Tokenizer& tokenizer);

// "play", "##ing" -> "playing"; "Ġna", "Ã¯ve" -> "naïve"; "the", "of" of a WordPiece vocabulary -> "the of".
// Without the space in front. Bytes that are not UTF-8 can come out where a model has put unfitting pieces
// side by side.
std::string join_pieces(std::span<const std::string> pieces, PieceStyle style);

}  // namespace logitlens
