// What lies beside a vocabulary: tokenizer_config.json, special_tokens_map.json, added_tokens.json; then the model's
// type and a text.
#include "tokenizer_support.h"

FUZZ_TARGET(tokenizer_settings) {
  using namespace logitlens::fuzz;
  const auto parts = split(input, 5);
  std::map<std::string, std::string> files = {
      {"vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nthe\nway\n##s\n.\n,\na\nb\n<mask>\n<s>\n"},
      {"vocab.json", R"({"<s>":0,"</s>":1,"<unk>":2,"<pad>":3,"<mask>":4,"a":5,"b":6,"ab":7})"},
      {"merges.txt", "#version: 0.2\na b\n"}};
  const char* names[] = {"tokenizer_config.json", "special_tokens_map.json", "added_tokens.json"};
  for (std::size_t i = 0; i < std::size(names); ++i)
    if (!parts[i].empty()) files[names[i]] = parts[i];
  open_and_encode(files, parts[3], parts[4]);
}
