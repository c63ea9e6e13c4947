#include "text/tokenizer_crate.h"

namespace logitlens {

namespace {

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
  LogitlensEncoding* encoding = nullptr;
  const LogitlensText second_text = second ? crate_text(*second) : LogitlensText{};
  LL_TRY(status_of(file, logitlens_tokenizer_encode(&tokenizer, crate_text(text),
                                                    second ? &second_text : nullptr, true, &encoding)));
  return CrateEncoding(encoding);
}

}  // namespace logitlens
