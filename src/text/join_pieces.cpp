#include "text/join_pieces.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

namespace logitlens {

namespace {

constexpr std::string_view continues = "##", begins = "\u2581", space_byte = "\u0120";

std::string join_word_pieces(std::span<const std::string> pieces) {
  std::string word;
  for (const std::string& piece : pieces) {
    if (!word.empty() && piece.starts_with(continues)) {
      word += piece.substr(continues.size());
    } else {
      word += (word.empty() ? "" : " ") + piece;
    }
  }
  return word;
}

// The byte that a character of a byte-level vocabulary stands for: printable Latin-1 characters stand for
// themselves, the other 68 bytes, in ascending order, are U+0100 and on (GPT-2's bytes_to_unicode).
class BytesOfCharacters {
 public:
  BytesOfCharacters() {
    bytes_.fill(-1);
    std::size_t next = 0x100;
    for (int byte = 0; byte < 256; ++byte) {
      const bool itself = (byte >= '!' && byte <= '~') || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
      bytes_[itself ? static_cast<std::size_t>(byte) : next++] = byte;
    }
  }

  std::string decode(std::string_view piece) const {
    std::string bytes;
    for (std::size_t at = 0; at < piece.size();) {
      const auto [character, length] = read_character(piece.substr(at));
      const int byte = character < bytes_.size() ? bytes_[character] : -1;
      if (byte >= 0) {
        bytes += static_cast<char>(byte);
      } else {
        bytes += piece.substr(at, length);  // a token that was added whole: no byte-level spelling
      }
      at += length;
    }
    return bytes;
  }

 private:
  // All characters of the alphabet have one or two bytes of UTF-8; any other byte is handed on as it is.
  static std::pair<std::size_t, std::size_t> read_character(std::string_view text) {
    const auto first = static_cast<unsigned char>(text[0]);
    if (first < 0x80) return {first, 1};
    if ((first & 0xE0) != 0xC0 || text.size() < 2) return {std::string_view::npos, 1};
    return {(first & 0x1FU) << 6 | (static_cast<unsigned char>(text[1]) & 0x3FU), 2};
  }

  std::array<int, 0x100 + 68> bytes_;
};

std::string with_spaces(std::string text) {
  for (std::size_t at = text.find(begins); at != std::string::npos; at = text.find(begins, at + 1))
    text.replace(at, begins.size(), " ");
  return text;
}

}  // namespace

PieceStyle piece_style(const Tokenizer& tokenizer) {
  std::size_t word_piece = 0, metaspace = 0, byte_level = 0;
  for (int id = 0; id < tokenizer.vocab_size(); ++id) {
    const std::string& token = tokenizer.token(id);
    word_piece += token.starts_with(continues) && token.size() > continues.size();
    metaspace += token.starts_with(begins);
    byte_level += token.starts_with(space_byte);
  }
  const std::size_t most = std::max({word_piece, metaspace, byte_level});
  if (most == 0) return PieceStyle::plain;
  if (most == word_piece) return PieceStyle::word_piece;
  return most == metaspace ? PieceStyle::metaspace : PieceStyle::byte_level;
}

std::string join_pieces(std::span<const std::string> pieces, PieceStyle style) {
  if (style == PieceStyle::word_piece) return join_word_pieces(pieces);
  std::string word;
  for (const std::string& piece : pieces) word += piece;
  if (style == PieceStyle::byte_level) {
    static const BytesOfCharacters bytes;
    word = bytes.decode(word);
  }
  if (style == PieceStyle::metaspace) word = with_spaces(std::move(word));
  return word.substr(std::min(word.find_first_not_of(' '), word.size()));
}

}  // namespace logitlens
