#include "text/tokenizer_crate.h"

#include <fmt/format.h>

#include "base/address_space.h"
#include "base/checked.h"

namespace logitlens {

namespace {

// Where Rust's standard library gets no memory, it ends the process. What it takes at most for a byte, as measured:
// of a tokenizer's JSON 13 bytes, and 70 where the pieces go into a trie; of a text 270, where every second byte is a token.
constexpr std::size_t room_for_json = 16, room_for_trie = 80, room_for_text = 300;
constexpr std::size_t room_for_rest = std::size_t{4} << 20;

Status check_room(const std::string& file, std::size_t bytes, std::size_t room_for_byte) {
  const auto room = checked_mul(bytes, room_for_byte);
  return require_address_space(room ? *room + room_for_rest : static_cast<std::size_t>(-1), file,
                               fmt::format("no room for {} times {} bytes", room_for_byte, bytes),
                               "room for the tokenizer");
}

// Takes over what the crate reports; nullptr is success.
Status status_of(const std::string& file, LogitlensTokenizerError* reported) {
  if (!reported) return ok_status();
  Error error{.code = Code::bad_input,
              .file = file,
              .field = std::string(view_of(reported->field)),
              .found = std::string(view_of(reported->found)),
              .expected = std::string(view_of(reported->expected)),
              .remedy = "Use the tokenizer's files as the model was published with them",
              .names = {}};
  logitlens_tokenizer_error_free(reported);
  return error;
}

}  // namespace

Result<CrateTokenizer> crate_from_json(const std::string& file, std::string_view json, bool gaps) {
  const bool has_trie = json.find("\"Unigram\"") != std::string_view::npos;
  LL_TRY(check_room(file, json.size(), has_trie ? room_for_trie : room_for_json));
  LogitlensTokenizer* tokenizer = nullptr;
  LL_TRY(status_of(file, logitlens_tokenizer_from_json(crate_text(json), gaps, &tokenizer)));
  return CrateTokenizer(tokenizer);
}

Status crate_add(const std::string& file, LogitlensTokenizer& tokenizer,
                 const std::vector<AddedToken>& tokens) {
  std::vector<LogitlensAddedToken> added;
  for (const AddedToken& token : tokens)
    added.push_back({.content = crate_text(token.content),
                     .id = 0,
                     .special = token.special,
                     .single_word = token.single_word,
                     .lstrip = token.lstrip,
                     .rstrip = token.rstrip,
                     .normalized = token.normalized});
  return status_of(file, logitlens_tokenizer_add(&tokenizer, added.data(), added.size()));
}

Result<CrateEncoding> crate_encode(const std::string& file, const LogitlensTokenizer& tokenizer,
                                   std::string_view text, const std::string_view* second) {
  LL_TRY(check_room(file, text.size() + (second ? second->size() : 0), room_for_text));
  LogitlensEncoding* encoding = nullptr;
  const LogitlensText second_text = second ? crate_text(*second) : LogitlensText{};
  LL_TRY(status_of(file, logitlens_tokenizer_encode(&tokenizer, crate_text(text),
                                                    second ? &second_text : nullptr, true, &encoding)));
  return CrateEncoding(encoding);
}

}  // namespace logitlens
