#include "text/special_roles.h"

#include <algorithm>
#include <vector>

namespace logitlens {

namespace {

// The family's own name first. A role that the family lacks has none.
std::vector<std::string_view> candidates(const TokenizerRule* rule, Role role) {
  std::vector<std::string_view> names = usual_names(role);
  if (!rule) return names;
  if (rule->name_of(role).empty()) return {};
  names.insert(names.begin(), rule->name_of(role));
  return names;
}

bool is_needed(const TokenizerRule& rule, Role role) {
  if (role == Role::unknown) return rule.vocabulary != VocabularyKind::byte_level;
  if (role == Role::cls) return rule.around.single.starts_with("cls");
  return role == Role::sep && rule.around.single.ends_with("sep");
}

}  // namespace

const NumberedToken* RoleTokens::find(Role role) const {
  for (const auto& [its_role, token] : tokens)
    if (its_role == role) return &token;
  return nullptr;
}

bool RoleTokens::has_id(int id) const {
  return std::ranges::any_of(tokens, [&](const auto& entry) { return entry.second.id == id; });
}

std::optional<AddedToken> find_role(const TokenizerSettings& settings, const TokenizerRule* rule, Role role,
                                    const FindId& find_id) {
  std::optional<AddedToken> token;
  if (const auto& named = settings.name_of(role)) {
    if (find_id(named->content)) token = named;
  } else {
    for (const std::string_view name : candidates(rule, role))
      if (!token && find_id(name)) token = AddedToken{.content = std::string(name), .id = {}};
  }
  if (token && !token->flags_given) token->lstrip = role == Role::mask && rule && rule->mask_takes_space;
  return token;
}

std::string expected_name(const TokenizerSettings& settings, const TokenizerRule* rule, Role role) {
  if (const auto& named = settings.name_of(role)) return named->content;
  const auto names = candidates(rule, role);
  return names.empty() ? std::string(role_key(role)) : std::string(names.front());
}

Error missing_token(const std::string& file, std::string_view name) {
  return {.code = Code::bad_input,
          .file = file,
          .field = std::string(name),
          .found = "no such token",
          .expected = "every special token of the family",
          .remedy = "Use the vocabulary that the model was trained with",
          .names = {}};
}

Result<RoleTokens> find_roles(const std::string& file, const TokenizerSettings& settings,
                              const TokenizerRule& rule, const FindId& find_id) {
  RoleTokens tokens;
  for (const Role role : {Role::unknown, Role::cls, Role::sep, Role::mask, Role::pad, Role::bos, Role::eos}) {
    const std::optional<AddedToken> token = find_role(settings, &rule, role, find_id);
    const std::optional<int> id = token ? find_id(token->content) : std::nullopt;
    if (!id && is_needed(rule, role)) return missing_token(file, expected_name(settings, &rule, role));
    if (id) tokens.tokens.emplace_back(role, NumberedToken{*token, *id});
  }
  return tokens;
}

}  // namespace logitlens
