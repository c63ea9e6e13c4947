// vocab.txt: WordPiece as BERT cuts it, or a list of words that are cut out wherever they stand.
#include <fmt/format.h>

#include <algorithm>

#include "text/slow_tokenizer.h"
#include "text/tokenizer_json.h"
#include "text/vocabulary.h"

namespace logitlens {

namespace {

void note_case(const Vocabulary& vocabulary, const SlowFiles& slow, std::vector<std::string>& notes) {
  const auto has_capital = [](std::string_view token) {
    return !token.starts_with('[') && !token.starts_with('<') &&
           std::ranges::any_of(token, [](char c) { return c >= 'A' && c <= 'Z'; });
  };
  if (!slow.settings.do_lower_case && std::ranges::any_of(vocabulary.tokens, has_capital))
    notes.push_back(
        "vocab.txt has capital letters, but no tokenizer_config.json says do_lower_case: text is "
        "lower-cased");
}

std::string vocabulary_part(const Vocabulary& vocabulary) {
  std::string out = "{";
  for (std::size_t id = 0; id < vocabulary.tokens.size(); ++id) {
    if (vocabulary.tokens[id].empty()) continue;  // a blank line
    if (out.size() > 1) out += ',';
    append_quoted(out, vocabulary.tokens[id]);
    out += fmt::format(":{}", id);
  }
  return out + "}";
}

void write_wordpiece(const SlowFiles& slow, const std::string& unknown, const std::string& vocabulary,
                     TokenizerJson& json) {
  const TokenizerSettings& settings = slow.settings;
  json.normalizer = fmt::format(
      R"({{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":{},"strip_accents":{},"lowercase":{}}})",
      settings.tokenize_chinese_chars.value_or(true),
      settings.strip_accents ? fmt::format("{}", *settings.strip_accents) : "null",
      settings.do_lower_case.value_or(slow.rule.lower_case));
  json.pre_tokenizer = R"({"type":"BertPreTokenizer"})";
  json.model = fmt::format(
      R"({{"type":"WordPiece","unk_token":{},"continuing_subword_prefix":"##","max_input_chars_per_word":100,"vocab":{}}})",
      quoted(unknown), vocabulary);
}

// Every entry is cut out as an added token is, the longest where several fit; a piece between white space that is
// no entry is unknown.
void write_word_list(const Vocabulary& entries, const RoleTokens& tokens, const std::string& unknown,
                     const std::string& vocabulary, TokenizerJson& json) {
  // As Python's str.split has it: the separators of ASCII are white space too.
  json.pre_tokenizer =
      R"({"type":"Split","pattern":{"Regex":"[\\s\\x1c-\\x1f]+"},"behavior":"Removed","invert":false})";
  json.model =
      fmt::format(R"({{"type":"WordLevel","unk_token":{},"vocab":{}}})", quoted(unknown), vocabulary);
  for (std::size_t i = 0; i < entries.tokens.size(); ++i) {
    const int id = static_cast<int>(i);
    if (entries.tokens[i].empty() || tokens.has_id(id)) continue;  // one with a role is added with its flags
    json.added.push_back({{.content = std::string(entries.tokens[i]), .special = false, .id = {}}, id});
  }
}

}  // namespace

Result<ConvertedTokenizer> convert_vocabulary_list(const SlowFiles& slow) {
  const MappedFile& file = *slow.files.at("vocab.txt");
  ConvertedTokenizer converted{.file = file.path(), .json = "", .notes = {}};
  LL_ASSIGN(const Vocabulary vocabulary, read_vocabulary(file.path(), file.text()));
  converted.notes = vocabulary.notes;
  LL_ASSIGN(const RoleTokens tokens, find_roles(file.path(), slow.settings, slow.rule,
                                                [&](std::string_view name) { return vocabulary.id(name); }));
  const std::string& unknown = tokens.unknown().token.content;
  TokenizerJson json;
  if (slow.rule.vocabulary == VocabularyKind::wordpiece) {
    if (slow.rule.lower_case) note_case(vocabulary, slow, converted.notes);
    write_wordpiece(slow, unknown, vocabulary_part(vocabulary), json);
  } else {
    write_word_list(vocabulary, tokens, unknown, vocabulary_part(vocabulary), json);
  }
  json.post_processor = slow.rule.trims_offsets ? trimming_template_part(slow.rule.around, tokens, false)
                                                : template_part(slow.rule.around, tokens);
  converted.json = json.text();
  converted.has_gaps = vocabulary.ids.size() < vocabulary.tokens.size();
  return converted;
}

}  // namespace logitlens
