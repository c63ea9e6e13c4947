// A SentencePiece model of each family that has one, then a text.
#include "tokenizer_support.h"

FUZZ_TARGET(sentencepiece) {
  using namespace logitlens::fuzz;
  struct Family {
    const char *model_type, *file;
  };
  constexpr Family families[] = {{"albert", "spiece.model"},
                                 {"xlm-roberta", "sentencepiece.bpe.model"},
                                 {"camembert", "sentencepiece.bpe.model"},
                                 {"deberta-v2", "spm.model"}};
  const Family& family = families[Numbers(input).below(std::size(families))];
  const auto parts = split(input, 2);
  open_and_encode({{family.file, parts[0]}}, family.model_type, parts[1]);
}
