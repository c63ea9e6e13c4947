// vocab.json and merges.txt: byte-level BPE.
#include <fmt/format.h>

#include <unordered_map>

#include "base/escape.h"
#include "io/json.h"
#include "text/slow_tokenizer.h"
#include "text/text_input.h"
#include "text/tokenizer_json.h"

namespace logitlens {

namespace {

constexpr std::size_t max_file_bytes = std::size_t{64} << 20;

using Ids = std::unordered_map<std::string_view, int>;

Error byte_level_error(const std::string& file, std::string field, std::string found, std::string expected) {
  return {.code = Code::bad_input,
          .file = file,
          .field = std::move(field),
          .found = std::move(found),
          .expected = std::move(expected),
          .remedy = "Use vocab.json and merges.txt as the model was published with them",
          .names = {}};
}

Status check_size(const MappedFile& file) {
  if (file.bytes().size() <= max_file_bytes) return ok_status();
  return byte_level_error(file.path(), "", fmt::format("{} bytes", file.bytes().size()),
                          fmt::format("at most {}", max_file_bytes));
}

// {"token": id, ...}: every id from 0 up, each once. The keys point into `json`.
Result<Ids> read_ids(const std::string& file, const Json& json) {
  const auto* entries = json.get<Json::Object>();
  if (!entries) return byte_level_error(file, "", json.describe(), "an object of tokens with their ids");
  if (entries->empty()) return byte_level_error(file, "", "no tokens", "a vocabulary");
  Ids ids;
  ids.reserve(entries->size());
  std::vector<const std::string*> token_of(entries->size(), nullptr);
  for (const auto& [token, value] : *entries) {
    const auto id = value.integer();
    if (!id || *id < 0) return byte_level_error(file, escaped(token), value.describe(), "an id from 0 up");
    if (static_cast<std::uint64_t>(*id) >= entries->size())
      return byte_level_error(file, escaped(token),
                              fmt::format("id {} among {} tokens", *id, entries->size()),
                              "ids without a gap");
    const std::string*& holder = token_of[static_cast<std::size_t>(*id)];
    if (holder)
      return byte_level_error(file, escaped(token),
                              fmt::format("id {}, which \"{}\" has too", *id, escaped(*holder)),
                              "an id of its own for every token");
    holder = &token;
    ids.emplace(token, static_cast<int>(*id));
  }
  return ids;
}

Error bad_merge(const std::string& file, std::size_t line, std::string_view text, std::string expected) {
  return byte_level_error(file, fmt::format("line {}", line),
                          fmt::format("\"{}\"", escaped(utf8_prefix(text, 80))), std::move(expected));
}

// A line "left right" as ["left","right"]: two tokens whose join is one too.
Status append_merge(const std::string& file, std::size_t line, std::string_view text, const Ids& ids,
                    std::string& merges) {
  const std::size_t space = text.find(' ');
  const std::string_view left = text.substr(0, space);
  const std::string_view right = space == std::string_view::npos ? "" : text.substr(space + 1);
  if (left.empty() || right.empty() || right.find(' ') != std::string_view::npos)
    return bad_merge(file, line, text, "two tokens with a space between them");
  if (!ids.contains(left) || !ids.contains(right) || !ids.contains(std::string(left) + std::string(right)))
    return bad_merge(file, line, text, "two tokens of vocab.json whose join is one too");
  if (merges.size() > 1) merges += ',';
  merges += '[';
  append_quoted(merges, left);
  merges += ',';
  append_quoted(merges, right);
  merges += ']';
  return ok_status();
}

// A merge a line, the first to be tried first.
Result<std::string> read_merges(const MappedFile& file, const Ids& ids) {
  LL_TRY(check_size(file));
  std::string_view content = file.text();
  if (content.starts_with("\xEF\xBB\xBF")) content.remove_prefix(3);
  std::string merges = "[";
  for (std::size_t line = 1; !content.empty(); ++line) {
    const std::size_t end = content.find('\n');
    std::string_view text = content.substr(0, end);
    content.remove_prefix(end == std::string_view::npos ? content.size() : end + 1);
    if (text.ends_with('\r')) text.remove_suffix(1);
    if (text.empty() || text.starts_with("#version")) continue;
    LL_TRY(append_merge(file.path(), line, text, ids, merges));
  }
  return merges + "]";
}

// The words as Qwen finds them: digits one by one, line ends apart.
constexpr std::string_view qwen_split =
    R"({"type":"Split","pattern":{"Regex":"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"},"behavior":"Isolated","invert":false})";

std::string words_part(const SlowFiles& slow) {
  const bool prefix = slow.settings.add_prefix_space.value_or(false);
  if (slow.rule.words == WordPattern::gpt2) return byte_level_part(prefix, true, true);
  return sequence_of("pretokenizers", {std::string(qwen_split), byte_level_part(prefix, true, false)});
}

// [beginning][end]
constexpr AroundText around_by_config[2][2] = {
    {{"A", "A B:1"}, {"A eos", "A eos B:1 eos:1"}},
    {{"bos A", "bos A bos:1 B:1"}, {"bos A eos", "bos A eos bos:1 B:1 eos:1"}}};

// A family that puts nothing around a text puts there what the config asks for.
AroundText around_text(const SlowFiles& slow, const RoleTokens& tokens) {
  if (slow.rule.around.single != "A") return slow.rule.around;
  const auto is_wanted = [&](std::optional<bool> flag, Role role) -> std::size_t {
    return flag.value_or(false) && tokens.find(role) ? 1 : 0;
  };
  const std::size_t beginning = is_wanted(slow.settings.add_bos_token, Role::bos);
  return around_by_config[beginning][is_wanted(slow.settings.add_eos_token, Role::eos)];
}

}  // namespace

Result<ConvertedTokenizer> convert_byte_level(const SlowFiles& slow) {
  const MappedFile& file = *slow.files.at("vocab.json");
  ConvertedTokenizer converted{.file = file.path(), .json = "", .notes = {}};
  LL_TRY(check_size(file));
  LL_ASSIGN(const Json vocabulary, parse_json(file.path(), file.text()));
  LL_ASSIGN(const Ids ids, read_ids(file.path(), vocabulary));
  const auto find_id = [&](std::string_view token) {
    const auto found = ids.find(token);
    return found == ids.end() ? std::nullopt : std::optional(found->second);
  };
  LL_ASSIGN(const RoleTokens tokens, find_roles(file.path(), slow.settings, slow.rule, find_id));
  LL_ASSIGN(const std::string merges, read_merges(*slow.files.at("merges.txt"), ids));

  TokenizerJson json;
  if (slow.rule.form == TextForm::composed) json.normalizer = R"({"type":"NFC"})";
  json.pre_tokenizer = words_part(slow);
  const AroundText around = around_text(slow, tokens);
  const bool trims = slow.rule.trims_offsets && slow.settings.trim_offsets.value_or(true);
  json.post_processor =
      trims ? trimming_template_part(around, tokens, slow.settings.add_prefix_space.value_or(false))
            : template_part(around, tokens);
  std::string_view vocabulary_text = file.text();
  if (vocabulary_text.starts_with("\xEF\xBB\xBF")) vocabulary_text.remove_prefix(3);
  json.model = fmt::format(
      R"({{"type":"BPE","unk_token":null,"continuing_subword_prefix":"","end_of_word_suffix":"","fuse_unk":false,"vocab":{},"merges":{}}})",
      vocabulary_text, merges);
  converted.json = json.text();
  return converted;
}

}  // namespace logitlens
