// The C interface of the tokenizer crate with owners and errors of ours.
#pragma once

#include <logitlens_tokenizer.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "logitlens/status.h"
#include "text/special_tokens.h"

namespace logitlens {

struct CrateDeleter {
  void operator()(LogitlensTokenizer* tokenizer) const { logitlens_tokenizer_free(tokenizer); }
  void operator()(LogitlensEncoding* encoding) const { logitlens_tokenizer_encoding_free(encoding); }
};
using CrateTokenizer = std::unique_ptr<LogitlensTokenizer, CrateDeleter>;
using CrateEncoding = std::unique_ptr<LogitlensEncoding, CrateDeleter>;

inline LogitlensText crate_text(std::string_view text) { return {text.data(), text.size()}; }
inline std::string_view view_of(LogitlensText text) { return {text.data, text.size}; }

// Errors are bad_input, or memory where address space is short; `file` names where the tokenizer came from.
// `gaps`: ids may be without a token.
Result<CrateTokenizer> crate_from_json(const std::string& file, std::string_view json, bool gaps = false);
Status crate_add(const std::string& file, LogitlensTokenizer& tokenizer,
                 const std::vector<AddedToken>& tokens);
// `second`: the other half of a pair, or none.
Result<CrateEncoding> crate_encode(const std::string& file, const LogitlensTokenizer& tokenizer,
                                   std::string_view text, const std::string_view* second = nullptr);

}  // namespace logitlens
