// Which token of a vocabulary has which role: the one that the files beside it name, else the family's usual one.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "text/special_tokens.h"
#include "text/tokenizer_rules.h"

namespace logitlens {

// A token with the id that the vocabulary gives it.
struct NumberedToken {
  AddedToken token;
  int id = 0;
};

// The tokens of the roles that a vocabulary has.
struct RoleTokens {
  std::vector<std::pair<Role, NumberedToken>> tokens;

  const NumberedToken* find(Role role) const;  // nullptr for a role without a token
  const NumberedToken& unknown() const { return tokens.front().second; }  // only where the kind needs one
  bool has_id(int id) const;
};

using FindId = std::function<std::optional<int>(std::string_view token)>;

// `rule` may be nullptr: a tokenizer.json of no known family.
std::optional<AddedToken> find_role(const TokenizerSettings& settings, const TokenizerRule* rule, Role role,
                                    const FindId& find_id);

// The string a role should have had, for messages.
std::string expected_name(const TokenizerSettings& settings, const TokenizerRule* rule, Role role);
Error missing_token(const std::string& file, std::string_view name);

// All roles, the unknown token first. Errors: none for unknown pieces of a text where the vocabulary's kind needs it, or for what goes
// around a text.
Result<RoleTokens> find_roles(const std::string& file, const TokenizerSettings& settings,
                              const TokenizerRule& rule, const FindId& find_id);

}  // namespace logitlens
