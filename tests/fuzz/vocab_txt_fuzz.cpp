// vocab.txt as a tokenizer, of WordPiece or of whole words, then a text.
#include "tokenizer_support.h"

FUZZ_TARGET(vocab_txt) {
  using namespace logitlens::fuzz;
  const bool words = logitlens::fuzz::Numbers(input).flag();
  const auto parts = split(input, 2);
  open_and_encode({{"vocab.txt", parts[0]}}, words ? "esm" : "bert", parts[1]);
}
