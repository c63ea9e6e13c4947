// vocab.json and merges.txt of a byte-level BPE, then a text.
#include "tokenizer_support.h"

FUZZ_TARGET(byte_level) {
  using namespace logitlens::fuzz;
  const bool decoder = Numbers(input).flag();
  const auto parts = split(input, 3);
  open_and_encode({{"vocab.json", parts[0]}, {"merges.txt", parts[1]}}, decoder ? "gpt2" : "roberta",
                  parts[2]);
}
