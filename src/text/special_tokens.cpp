#include "text/special_tokens.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace logitlens {

namespace {

Error settings_error(const std::string& file, std::string field, const Json& value, std::string expected) {
  return {.code = Code::bad_input,
          .file = file,
          .field = std::move(field),
          .found = value.describe(),
          .expected = std::move(expected),
          .remedy = "Use the tokenizer's files as the model was published with them",
          .names = {}};
}

// A member that is a flag or null; nothing if it is absent or null.
Result<std::optional<bool>> read_flag(const std::string& file, const Json& object, std::string_view key) {
  const Json* value = object.find(key);
  if (!value || value->is_null()) return std::optional<bool>();
  if (const bool* flag = value->get<bool>()) return std::optional(*flag);
  return settings_error(file, std::string(key), *value, "true or false");
}

// "[MASK]", or {"content": "[MASK]", "lstrip": false, ...}.
Result<AddedToken> read_token(const std::string& file, const std::string& field, const Json& value) {
  AddedToken token;
  if (const auto* text = value.get<std::string>()) {
    token.content = *text;
    return token;
  }
  const Json* content = value.find("content");
  const auto* text = content ? content->get<std::string>() : nullptr;
  if (!text) return settings_error(file, field, value, "a string, or an object with a string `content`");
  token.content = *text;
  token.flags_given = true;
  for (auto [key, flag] : {std::pair{"lstrip", &token.lstrip},
                           {"rstrip", &token.rstrip},
                           {"special", &token.special},
                           {"single_word", &token.single_word},
                           {"normalized", &token.normalized}}) {
    LL_ASSIGN(const std::optional<bool> given, read_flag(file, value, key));
    *flag = given.value_or(*flag);
  }
  return token;
}

Status read_names(const std::string& file, const Json& object, TokenizerSettings& settings) {
  for (const Role role : roles) {
    auto& named = settings.named[static_cast<std::size_t>(role)];
    const Json* value = object.find(role_key(role));
    if (named || !value || value->is_null()) continue;
    LL_ASSIGN(named, read_token(file, std::string(role_key(role)), *value));
  }
  return ok_status();
}

// "additional_special_tokens", by its newer name "extra_special_tokens": a list of tokens, or an object of them.
Status read_extra(const std::string& file, const Json& config, TokenizerSettings& settings) {
  for (const std::string_view key : {"additional_special_tokens", "extra_special_tokens"}) {
    const Json* value = config.find(key);
    if (!value || value->is_null()) continue;
    std::vector<const Json*> tokens;
    if (const auto* array = value->get<Json::Array>()) {
      for (const Json& token : *array) tokens.push_back(&token);
    } else if (const auto* object = value->get<Json::Object>()) {
      for (const auto& [name, token] : *object) tokens.push_back(&token);
    } else {
      return settings_error(file, std::string(key), *value, "a list of tokens");
    }
    for (const Json* one : tokens) {
      LL_ASSIGN(AddedToken token, read_token(file, std::string(key), *one));
      settings.extra.push_back(std::move(token.content));
    }
  }
  return ok_status();
}

Status add_with_id(const std::string& file, const std::string& field, AddedToken token,
                   std::optional<std::int64_t> id, const Json& value, TokenizerSettings& settings) {
  if (!id || *id < 0 || *id > INT32_MAX) return settings_error(file, field, value, "an id from 0 up");
  token.id = static_cast<int>(*id);
  settings.added.push_back(std::move(token));
  return ok_status();
}

// "added_tokens_decoder": {"103": {"content": "[MASK]", ...}, ...}
Status read_added_decoder(const std::string& file, const Json& config, TokenizerSettings& settings) {
  const Json* decoder = config.find("added_tokens_decoder");
  if (!decoder || decoder->is_null()) return ok_status();
  const auto* entries = decoder->get<Json::Object>();
  if (!entries) return settings_error(file, "added_tokens_decoder", *decoder, "an object");
  for (const auto& [key, value] : *entries) {
    const std::string field = "added_tokens_decoder." + key;
    std::int64_t id = -1;
    const auto [end, fault] = std::from_chars(key.data(), key.data() + key.size(), id);
    if (fault != std::errc() || end != key.data() + key.size()) id = -1;
    LL_ASSIGN(AddedToken token, read_token(file, field, value));
    LL_TRY(add_with_id(file, field, std::move(token), id, value, settings));
  }
  return ok_status();
}

// {"<entity>": 30522, ...}
Status read_added_tokens(const std::string& file, const Json& tokens, TokenizerSettings& settings) {
  const auto* entries = tokens.get<Json::Object>();
  if (!entries) return settings_error(file, "", tokens, "an object of tokens with their ids");
  for (const auto& [content, value] : *entries) {
    const auto known = [&](const AddedToken& token) { return token.content == content; };
    if (std::ranges::any_of(settings.added, known)) continue;  // the decoder's entry says more
    const auto is_name = [&](const std::optional<AddedToken>& named) {
      return named && named->content == content;
    };
    const bool special = std::ranges::any_of(settings.named, is_name);
    AddedToken token{.content = content, .normalized = !special, .special = special, .id = {}};
    LL_TRY(add_with_id(file, content, std::move(token), value.integer(), value, settings));
  }
  return ok_status();
}

Status read_config(const std::string& file, const Json& config, TokenizerSettings& settings) {
  for (auto [key, flag] : {std::pair{"do_lower_case", &settings.do_lower_case},
                           {"strip_accents", &settings.strip_accents},
                           {"tokenize_chinese_chars", &settings.tokenize_chinese_chars},
                           {"keep_accents", &settings.keep_accents},
                           {"split_by_punct", &settings.split_by_punct},
                           {"add_prefix_space", &settings.add_prefix_space},
                           {"trim_offsets", &settings.trim_offsets},
                           {"add_bos_token", &settings.add_bos_token},
                           {"add_eos_token", &settings.add_eos_token}}) {
    LL_ASSIGN(*flag, read_flag(file, config, key));
  }
  const Json* name = config.find("tokenizer_class");
  if (const auto* text = name ? name->get<std::string>() : nullptr) settings.tokenizer_class = *text;
  settings.file = file;
  const Json* never_split = config.find("never_split");
  const auto* words = never_split ? never_split->get<Json::Array>() : nullptr;
  if (words && !words->empty())
    settings.notes.push_back(
        "tokenizer_config.json: never_split has no effect, as in the reference's fast tokenizer");
  LL_TRY(read_names(file, config, settings));
  LL_TRY(read_extra(file, config, settings));
  return read_added_decoder(file, config, settings);
}

using Reader = Status (*)(const std::string& file, const Json& json, TokenizerSettings& settings);

Status read_file(const Checkpoint& checkpoint, const std::string& name, Reader reader,
                 TokenizerSettings& settings) {
  const auto found = checkpoint.tokenizer_files.find(name);
  if (found == checkpoint.tokenizer_files.end()) return ok_status();
  const MappedFile& file = *found->second;
  LL_ASSIGN(const Json json, parse_json(file.path(), file.text()));
  if (!json.get<Json::Object>()) return settings_error(file.path(), "", json, "an object");
  return reader(file.path(), json, settings);
}

}  // namespace

Result<TokenizerSettings> read_tokenizer_settings(const Checkpoint& checkpoint) {
  TokenizerSettings settings;
  LL_TRY(read_file(checkpoint, "tokenizer_config.json", read_config, settings));
  LL_TRY(read_file(checkpoint, "special_tokens_map.json", read_names, settings));
  LL_TRY(read_file(checkpoint, "added_tokens.json", read_added_tokens, settings));
  std::ranges::sort(settings.added, {}, &AddedToken::id);
  return settings;
}

std::string_view role_key(Role role) {
  switch (role) {
    case Role::mask: return "mask_token";
    case Role::unknown: return "unk_token";
    case Role::cls: return "cls_token";
    case Role::sep: return "sep_token";
    case Role::pad: return "pad_token";
    case Role::bos: return "bos_token";
    case Role::eos: break;
  }
  return "eos_token";
}

std::vector<std::string_view> usual_names(Role role) {
  switch (role) {
    case Role::mask: return {"[MASK]", "<mask>"};
    case Role::unknown: return {"[UNK]", "<unk>"};
    case Role::cls: return {"[CLS]", "<cls>", "<s>"};
    case Role::sep: return {"[SEP]", "<eos>", "</s>"};
    case Role::pad: return {"[PAD]", "<pad>"};
    case Role::bos:
    case Role::eos: break;
  }
  return {};
}

}  // namespace logitlens
