#include "text/tokenizer_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace logitlens {

namespace {

const NumberedToken* token_of(const RoleTokens& tokens, std::string_view word) {
  if (word == "cls") return tokens.find(Role::cls);
  if (word == "sep") return tokens.find(Role::sep);
  if (word == "bos") return tokens.find(Role::bos);
  return word == "eos" ? tokens.find(Role::eos) : nullptr;
}

// "cls A sep:1" -> [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, ...]; collects the tokens it names.
std::string template_items(std::string_view items, const RoleTokens& tokens,
                           std::set<const NumberedToken*>& named) {
  std::string out;
  while (!items.empty()) {
    std::string_view item = items.substr(0, items.find(' '));
    items.remove_prefix(std::min(items.size(), item.size() + 1));
    const int type = item.ends_with(":1") ? 1 : 0;
    item = item.substr(0, item.find(':'));
    if (!out.empty()) out += ',';
    if (item == "A" || item == "B") {
      out += fmt::format(R"({{"Sequence":{{"id":"{}","type_id":{}}}}})", item, type);
    } else if (const NumberedToken* token = token_of(tokens, item)) {
      named.insert(token);
      out +=
          fmt::format(R"({{"SpecialToken":{{"id":{},"type_id":{}}}}})", quoted(token->token.content), type);
    }
  }
  return out;
}

std::string added_text(const NumberedToken& added) {
  const AddedToken& token = added.token;
  return fmt::format(
      R"({{"id":{},"content":{},"single_word":{},"lstrip":{},"rstrip":{},"normalized":{},"special":{}}})",
      added.id, quoted(token.content), token.single_word, token.lstrip, token.rstrip, token.normalized,
      token.special);
}

}  // namespace

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  out += '"';
}

std::string quoted(std::string_view text) {
  std::string out;
  append_quoted(out, text);
  return out;
}

std::string TokenizerJson::text() const {
  std::vector<std::string> tokens;
  tokens.reserve(added.size());
  for (const NumberedToken& token : added) tokens.push_back(added_text(token));
  return fmt::format(
      R"({{"version":"1.0","added_tokens":[{}],"normalizer":{},"pre_tokenizer":{},"post_processor":{},"model":{}}})",
      fmt::join(tokens, ","), normalizer, pre_tokenizer, post_processor, model);
}

std::string sequence_of(std::string_view key, const std::vector<std::string>& parts) {
  return fmt::format(R"({{"type":"Sequence","{}":[{}]}})", key, fmt::join(parts, ","));
}

std::string byte_level_part(bool add_prefix_space, bool trim_offsets, bool find_words) {
  return fmt::format(R"({{"type":"ByteLevel","add_prefix_space":{},"trim_offsets":{},"use_regex":{}}})",
                     add_prefix_space, trim_offsets, find_words);
}

std::string template_part(const AroundText& around, const RoleTokens& tokens) {
  std::set<const NumberedToken*> named;
  const std::string single = template_items(around.single, tokens, named);
  const std::string pair = template_items(around.pair, tokens, named);
  std::set<std::string> entries;  // cls and bos may be one token
  for (const NumberedToken* token : named) {
    const std::string content = quoted(token->token.content);
    entries.insert(fmt::format(R"({0}:{{"id":{0},"ids":[{1}],"tokens":[{0}]}})", content, token->id));
  }
  return fmt::format(R"({{"type":"TemplateProcessing","single":[{}],"pair":[{}],"special_tokens":{{{}}}}})",
                     single, pair, fmt::join(entries, ","));
}

std::string trimming_template_part(const AroundText& around, const RoleTokens& tokens,
                                   bool add_prefix_space) {
  return sequence_of("processors",
                     {byte_level_part(add_prefix_space, true, true), template_part(around, tokens)});
}

}  // namespace logitlens
