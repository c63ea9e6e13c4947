// tokenizer.json, then a text, through the crate's C interface.
#include "tokenizer_support.h"

FUZZ_TARGET(tokenizer_json) {
  const auto parts = logitlens::fuzz::split(input, 2);
  logitlens::fuzz::open_and_encode({{"tokenizer.json", parts[0]}}, "", parts[1]);
}
