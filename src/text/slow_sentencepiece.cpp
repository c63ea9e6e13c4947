// A SentencePiece model in the family's layout of ids, with the family's way to prepare a text.
#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "base/escape.h"
#include "text/sentencepiece_model.h"
#include "text/slow_tokenizer.h"
#include "text/tokenizer_json.h"

namespace logitlens {

namespace {

struct Piece {
  std::string_view text;
  double score = 0;
  std::int64_t type = 0;
};
using Pieces = std::vector<Piece>;  // by id
using Ids = std::unordered_map<std::string_view, int>;

Error layout_error(const std::string& file, std::string field, std::string found, std::string expected) {
  return {.code = Code::bad_input,
          .file = file,
          .field = std::move(field),
          .found = std::move(found),
          .expected = std::move(expected),
          .remedy = "Use the tokenizer's files as the model was published with them",
          .names = {}};
}

// The string a role has in this family, whether or not the model has it.
std::string_view role_text(const SlowFiles& slow, Role role) {
  const auto& named = slow.settings.name_of(role);
  return named ? std::string_view(named->content) : slow.rule.name_of(role);
}

// The family's own pieces, the model's, the mask.
Result<Pieces> lay_out(const std::string& file, const SlowFiles& slow, const SentencePieceModel& model) {
  const TokenizerRule& rule = slow.rule;
  if (model.pieces.size() < rule.skipped_pieces)
    return layout_error(file, "pieces", fmt::format("{}", model.pieces.size()),
                        fmt::format("at least {}", rule.skipped_pieces));
  Pieces pieces;
  pieces.reserve(model.pieces.size() + rule.first_pieces.size() + 1);
  for (const FirstPiece& first : rule.first_pieces)
    pieces.push_back({first.role ? role_text(slow, *first.role) : first.text, first.score, 0});
  for (std::size_t i = rule.skipped_pieces; i < model.pieces.size(); ++i)
    pieces.push_back(
        {model.pieces[i].text, static_cast<double>(model.pieces[i].score), model.pieces[i].type});
  if (rule.mask_closes) pieces.push_back({role_text(slow, Role::mask), 0, 0});
  return pieces;
}

// Where the piece of an id comes from.
std::string place_of(const TokenizerRule& rule, std::size_t id, std::size_t count) {
  const bool is_mask = rule.mask_closes && id + 1 == count;
  if (is_mask || id < rule.first_pieces.size()) return "one of the family's own pieces";
  return fmt::format("pieces[{}]", id - rule.first_pieces.size() + rule.skipped_pieces);
}

Result<Ids> number(const std::string& file, const TokenizerRule& rule, const Pieces& pieces) {
  Ids ids;
  ids.reserve(pieces.size());
  for (std::size_t id = 0; id < pieces.size(); ++id) {
    const auto [earlier, is_new] = ids.emplace(pieces[id].text, static_cast<int>(id));
    if (is_new) continue;
    const auto place = [&](std::size_t which) { return place_of(rule, which, pieces.size()); };
    return layout_error(file, place(id),
                        fmt::format("\"{}\", which is {} too", escaped(pieces[id].text),
                                    place(static_cast<std::size_t>(earlier->second))),
                        "every piece once");
  }
  return ids;
}

std::string unigram_part(const Pieces& pieces, int unknown) {
  std::string out = fmt::format(R"({{"type":"Unigram","unk_id":{},"byte_fallback":false,"vocab":[)", unknown);
  for (std::size_t id = 0; id < pieces.size(); ++id) {
    out += id > 0 ? ",[" : "[";
    append_quoted(out, pieces[id].text);
    fmt::format_to(std::back_inserter(out), ",{}]", pieces[id].score);
  }
  return out + "]}";
}

bool starts_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }

// The merges that the model does not write down: every way to make a piece of two, earlier pieces first, shorter
// left halves first.
std::string merges_of(const Pieces& pieces, const Ids& ids) {
  std::string merges;
  for (const Piece& piece : pieces) {
    for (std::size_t cut = 1; cut < piece.text.size(); ++cut) {
      const std::string_view left = piece.text.substr(0, cut), right = piece.text.substr(cut);
      if (!starts_character(right.front()) || !ids.contains(left) || !ids.contains(right)) continue;
      merges += merges.empty() ? "[" : ",[";
      append_quoted(merges, left);
      merges += ',';
      append_quoted(merges, right);
      merges += ']';
    }
  }
  return merges;
}

std::string bpe_part(const Pieces& pieces, const Ids& ids, const std::string& unknown, bool byte_fallback) {
  std::string vocabulary;
  for (std::size_t id = 0; id < pieces.size(); ++id) {
    if (id > 0) vocabulary += ',';
    append_quoted(vocabulary, pieces[id].text);
    vocabulary += fmt::format(":{}", id);
  }
  return fmt::format(
      R"({{"type":"BPE","unk_token":{},"fuse_unk":true,"byte_fallback":{},"vocab":{{{}}},"merges":[{}]}})",
      quoted(unknown), byte_fallback, vocabulary, merges_of(pieces, ids));
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;  // 24 bits
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    for (std::size_t k = 0; k < 3; ++k)
      group = group << 8 | (k < count ? static_cast<unsigned char>(bytes[i + k]) : 0);
    for (std::size_t k = 0; k < 4; ++k) out += k <= count ? digits[group >> (18 - 6 * k) & 63] : '=';
  }
  return out;
}

std::string replace_part(std::string_view kind, std::string_view pattern, std::string_view by) {
  return fmt::format(R"({{"type":"Replace","pattern":{{"{}":{}}},"content":{}}})", kind, quoted(pattern),
                     quoted(by));
}

// What happens to a text before it is cut into words.
std::string normalizer_part(const SlowFiles& slow, std::string_view character_map) {
  std::vector<std::string> steps;
  const bool lower_case = slow.settings.do_lower_case.value_or(slow.rule.lower_case);
  const std::string lower = R"({"type":"Lowercase"})";
  if (slow.rule.form == TextForm::albert) {
    steps = {replace_part("String", "``", "\""), replace_part("String", "''", "\"")};
    if (!slow.settings.keep_accents.value_or(false)) {
      steps.emplace_back(R"({"type":"NFKD"})");
      steps.emplace_back(R"({"type":"StripAccents"})");
    }
    if (lower_case) steps.push_back(lower);
  }
  if (slow.rule.form == TextForm::deberta) {
    if (lower_case) steps.push_back(lower);
    steps.push_back(replace_part("Regex", R"(\s{2,}|[\n\r\t])", " "));
    steps.emplace_back(R"({"type":"NFC"})");
    steps.emplace_back(R"({"type":"Strip","strip_left":false,"strip_right":true})");
  } else if (!character_map.empty()) {
    steps.push_back(
        fmt::format(R"({{"type":"Precompiled","precompiled_charsmap":"{}"}})", base64(character_map)));
  }
  return steps.empty() ? "null" : sequence_of("normalizers", steps);
}

std::string pre_tokenizer_part(const SlowFiles& slow) {
  const bool keeps_spaces = slow.rule.form == TextForm::deberta;
  const std::string_view without_prefix = keeps_spaces ? "first" : "never";
  std::vector<std::string> steps;
  if (!keeps_spaces) steps.emplace_back(R"({"type":"WhitespaceSplit"})");
  if (keeps_spaces && slow.settings.split_by_punct.value_or(false))
    steps.emplace_back(R"({"type":"Punctuation","behavior":"Isolated"})");
  steps.push_back(
      fmt::format(R"({{"type":"Metaspace","replacement":"▁","prepend_scheme":"{}","split":true}})",
                  slow.settings.add_prefix_space.value_or(true) ? "always" : without_prefix));
  return sequence_of("pretokenizers", steps);
}

// Control symbols and those that the trainer was told to keep whole; those with a role are added with its flags.
std::vector<NumberedToken> added_pieces(const Pieces& pieces, const RoleTokens& tokens) {
  std::vector<NumberedToken> added;
  for (std::size_t id = 0; id < pieces.size(); ++id) {
    const bool is_control = pieces[id].type == SentencePieceModel::control;
    if (!is_control && pieces[id].type != SentencePieceModel::user_defined) continue;
    if (tokens.has_id(static_cast<int>(id))) continue;
    added.push_back(
        {{.content = std::string(pieces[id].text), .special = is_control, .id = {}}, static_cast<int>(id)});
  }
  return added;
}

const MappedFile& model_file(const SlowFiles& slow) {
  for (const std::string_view name : sentencepiece_files)
    if (const auto found = slow.files.find(std::string(name)); found != slow.files.end())
      return *found->second;
  return *slow.files.begin()->second;
}

}  // namespace

Result<ConvertedTokenizer> convert_sentencepiece(const SlowFiles& slow) {
  const MappedFile& file = model_file(slow);
  ConvertedTokenizer converted{.file = file.path(), .json = "", .notes = {}};
  LL_ASSIGN(const SentencePieceModel model, read_sentencepiece_model(file.path(), file.text()));
  LL_ASSIGN(const Pieces pieces, lay_out(file.path(), slow, model));
  LL_ASSIGN(const Ids ids, number(file.path(), slow.rule, pieces));
  const auto find_id = [&](std::string_view token) {
    const auto found = ids.find(token);
    return found == ids.end() ? std::nullopt : std::optional(found->second);
  };
  LL_ASSIGN(const RoleTokens tokens, find_roles(file.path(), slow.settings, slow.rule, find_id));
  const NumberedToken& unknown = tokens.unknown();

  TokenizerJson json;
  json.added = added_pieces(pieces, tokens);
  json.normalizer = normalizer_part(slow, model.character_map);
  json.pre_tokenizer = pre_tokenizer_part(slow);
  json.post_processor = template_part(slow.rule.around, tokens);
  json.model = model.algorithm == SentencePieceModel::unigram
                   ? unigram_part(pieces, unknown.id)
                   : bpe_part(pieces, ids, unknown.token.content, model.byte_fallback);
  converted.json = json.text();
  if (model.algorithm == SentencePieceModel::unigram && model.byte_fallback)
    converted.notes.push_back(
        "the SentencePiece model falls back to bytes, the reference's pipeline does not");
  return converted;
}

}  // namespace logitlens
