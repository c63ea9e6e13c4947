// vocab.txt as the reader of lines takes it.
#include "text/vocabulary.h"

#include "support.h"

FUZZ_TARGET(vocabulary) {
  using namespace logitlens;
  using fuzz::check;
  const auto vocabulary = read_vocabulary("vocab.txt", input);
  if (!fuzz::succeeded(vocabulary)) return;
  std::size_t blank = 0;
  for (std::size_t id = 0; id < vocabulary->tokens.size(); ++id) {
    const std::string_view token = vocabulary->tokens[id];
    blank += token.empty();
    check(token.find('\n') == std::string_view::npos, "a token is one line");
    check(token.empty() || vocabulary->id(token) == static_cast<int>(id), "a token's id is its line");
  }
  check(vocabulary->ids.size() + blank == vocabulary->tokens.size(), "every token has an id of its own");
}
