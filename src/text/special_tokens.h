// What the files beside a vocabulary say: which strings are the mask and its kin, and the pipeline's
// switches.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/checkpoint.h"
#include "logitlens/status.h"

namespace logitlens {

enum class Role { mask, unknown, cls, sep, pad, bos, eos };
inline constexpr std::array roles = {Role::mask, Role::unknown, Role::cls, Role::sep,
                                     Role::pad,  Role::bos,     Role::eos};

// A string that is cut out of the text as a token before anything else.
struct AddedToken {
  std::string content;
  bool lstrip = false, rstrip = false;  // takes the white space before it, after it
  bool single_word = false;             // only where no letter touches it
  bool normalized = false;              // is sought in the normalized text
  bool special = true;
  bool flags_given = false;  // the file says more than the string
  std::optional<int> id;     // where the file gives one
};

// tokenizer_config.json, special_tokens_map.json and added_tokens.json. What none of them says is empty.
struct TokenizerSettings {
  std::array<std::optional<AddedToken>, roles.size()> named;  // by role
  std::vector<AddedToken> added;                              // beyond those, with ids, ascending
  std::vector<std::string> extra;                             // special ones without a role
  std::optional<bool> do_lower_case, strip_accents, tokenize_chinese_chars, keep_accents, split_by_punct;
  std::optional<bool> add_prefix_space, trim_offsets, add_bos_token, add_eos_token;
  std::string tokenizer_class;  // "BertTokenizer"
  std::string file;             // tokenizer_config.json's path, for messages
  std::vector<std::string> notes;

  const std::optional<AddedToken>& name_of(Role role) const { return named[static_cast<std::size_t>(role)]; }
};

// Errors: bad_input with the key, for values of the wrong kind.
Result<TokenizerSettings> read_tokenizer_settings(const Checkpoint& checkpoint);

// "mask_token", as the files spell a role.
std::string_view role_key(Role role);

// The strings that families usually give a role, most telling first; none for bos and eos, which some
// families lack.
std::vector<std::string_view> usual_names(Role role);

}  // namespace logitlens
