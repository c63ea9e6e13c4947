// From a checkpoint's files to a Tokenizer: pipeline, special tokens, checks.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "text/special_tokens.h"
#include "text/tokenizer_impl.h"
#include "text/vocabulary.h"

namespace logitlens {

namespace {

constexpr std::size_t max_json_bytes = std::size_t{256} << 20;

Error tokenizer_error(const std::string& file, std::string field, std::string found, std::string expected,
                      std::string remedy) {
  return {Code::bad_input,   file, std::move(field), std::move(found), std::move(expected),
          std::move(remedy), {}};
}

Error missing_token(const std::string& file, std::string_view name) {
  return tokenizer_error(file, std::string(name), "no such token", "every special token of the family",
                         "Use the vocabulary that the model was trained with");
}

// The string of a role that `has` says is in the vocabulary: the one the files name, else a usual one.
template <class Has>
std::optional<AddedToken> find_role(const TokenizerSettings& settings, Role role, const Has& has) {
  if (const auto& named = settings.name_of(role)) return has(named->content) ? named : std::nullopt;
  for (const std::string_view name : usual_names(role))
    if (has(name)) return AddedToken{.content = std::string(name), .id = {}};
  return std::nullopt;
}

// What the message about a role without a token names.
std::string expected_name(const TokenizerSettings& settings, Role role) {
  if (const auto& named = settings.name_of(role)) return named->content;
  return std::string(usual_names(role).front());
}

std::optional<int>& slot_of(SpecialTokens& special, Role role) {
  switch (role) {
    case Role::mask: return special.mask;
    case Role::unknown: return special.unknown;
    case Role::cls: return special.cls;
    case Role::sep: return special.sep;
    case Role::pad: return special.pad;
    case Role::bos: return special.bos;
    case Role::eos: break;
  }
  return special.eos;
}

void note_case(const Vocabulary& vocabulary, const TokenizerSettings& settings,
               std::vector<std::string>& notes) {
  const auto has_capital = [](std::string_view token) {
    return !token.starts_with('[') && !token.starts_with('<') &&
           std::ranges::any_of(token, [](char c) { return c >= 'A' && c <= 'Z'; });
  };
  if (!settings.do_lower_case && std::ranges::any_of(vocabulary.tokens, has_capital))
    notes.push_back(
        "vocab.txt has capital letters, but no tokenizer_config.json says do_lower_case: text is "
        "lower-cased");
}

// Other tokenizers keep a vocab.txt too, and cut a text in other ways.
Status check_class(const TokenizerSettings& settings) {
  constexpr std::array<std::string_view, 9> wordpiece = {"Bert",    "ConvBert",   "DistilBert",
                                                         "Electra", "LayoutLM",   "MobileBert",
                                                         "MPNet",   "PreTrained", "SqueezeBert"};
  const std::string_view name = settings.tokenizer_class;  // "BertTokenizer", "BertTokenizerFast"
  const std::string_view family = name.substr(0, std::min(name.find("Tokenizer"), name.size()));
  if (name.empty() || std::ranges::find(wordpiece, family) != wordpiece.end()) return ok_status();
  return tokenizer_error(
      settings.file, "tokenizer_class", "\"" + settings.tokenizer_class + "\" over a vocab.txt",
      "one that uses WordPiece, as BertTokenizer does, or a tokenizer.json",
      "Save the tokenizer with transformers' save_pretrained, which writes tokenizer.json");
}

// BERT's pipeline. Its unknown token and the two that go around a text must be there before it can be built.
Result<CrateTokenizer> build_wordpiece(const MappedFile& file, const TokenizerSettings& settings,
                                       std::vector<std::string>& notes) {
  LL_TRY(check_class(settings));
  LL_ASSIGN(const Vocabulary vocabulary, read_vocabulary(file.path(), file.text()));
  notes.insert(notes.end(), vocabulary.notes.begin(), vocabulary.notes.end());
  note_case(vocabulary, settings, notes);
  std::vector<std::string> names;
  for (const Role role : {Role::unknown, Role::cls, Role::sep}) {
    const auto token =
        find_role(settings, role, [&](std::string_view name) { return vocabulary.id(name).has_value(); });
    if (!token) return missing_token(file.path(), expected_name(settings, role));
    names.push_back(token->content);
  }
  const LogitlensWordPieceOptions options{
      .lowercase = settings.do_lower_case.value_or(true),
      .strip_accents = settings.strip_accents ? static_cast<int>(*settings.strip_accents) : -1,
      .handle_chinese_chars = settings.tokenize_chinese_chars.value_or(true),
      .unk = crate_text(names[0]),
      .cls = crate_text(names[1]),
      .sep = crate_text(names[2])};
  return crate_wordpiece(file.path(), vocabulary.tokens, options);
}

// Tokens of the settings that a vocab.txt does not hold follow it; an id that is not the next one would be
// lost.
Status add_tokens(Tokenizer::Impl& impl, const std::vector<AddedToken>& tokens) {
  LL_TRY(crate_add(impl.file, *impl.crate, tokens));
  for (const AddedToken& token : tokens) {
    const std::optional<int> id = impl.id(token.content);
    if (token.id && id != token.id)
      return tokenizer_error(impl.file, token.content,
                             fmt::format("id {} by the vocabulary", id.value_or(-1)),
                             fmt::format("{}, as the files beside it say", *token.id),
                             "Use the tokenizer's files as the model was published with them");
  }
  return ok_status();
}

// Looks up the special tokens, and makes sure that the pipeline cuts them out of a text, as the reference
// does.
Status resolve_special(Tokenizer::Impl& impl, const TokenizerSettings& settings) {
  std::vector<AddedToken> unknown_to_crate;
  for (const Role role : roles) {
    const auto token = find_role(settings, role, [&](std::string_view name) { return impl.has(name); });
    if (!token) continue;
    slot_of(impl.special, role) = impl.id(token->content);
    bool listed = false;
    LogitlensAddedToken added;
    for (std::size_t i = 0; !listed && logitlens_tokenizer_added(impl.crate.get(), i, &added); ++i)
      listed = view_of(added.content) == token->content;
    if (!listed) unknown_to_crate.push_back(*token);
  }
  LL_TRY(crate_add(impl.file, *impl.crate, unknown_to_crate));

  // Models over WordPiece are masked language models: without a mask there is nothing to ask them.
  const bool is_wordpiece =
      view_of(logitlens_tokenizer_description(impl.crate.get())).starts_with("WordPiece");
  const bool mask_wanted = is_wordpiece || settings.name_of(Role::mask);
  if (mask_wanted && !impl.special.mask) return missing_token(impl.file, expected_name(settings, Role::mask));
  return ok_status();
}

// The ids that the pipeline puts around a text come from the file: they must be the vocabulary's.
Status check_closing_ids(const Tokenizer::Impl& impl) {
  LL_ASSIGN(const CrateEncoding encoding, crate_encode(*impl.crate, ""));
  for (std::size_t i = 0; i < encoding->size; ++i)
    if (encoding->ids[i] >= impl.tokens.size())
      return tokenizer_error(impl.file, "post_processor",
                             fmt::format("a special token of id {}", encoding->ids[i]),
                             fmt::format("an id below {}, the vocabulary's size", impl.tokens.size()),
                             "Use the tokenizer's files as the model was published with them");
  return ok_status();
}

Error no_tokenizer(const Checkpoint& checkpoint) {
  std::string found = "nothing";
  for (const auto& [name, file] : checkpoint.tokenizer_files)
    if (name == "vocab.json" || name.ends_with(".model"))
      found = name + ", which needs a tokenizer.json beside it";
  return tokenizer_error(
      checkpoint.path, "tokenizer", std::move(found), "tokenizer.json or vocab.txt",
      "Save the tokenizer with transformers' save_pretrained, which writes tokenizer.json");
}

Result<CrateTokenizer> read_tokenizer_json(const MappedFile& file) {
  if (file.bytes().size() > max_json_bytes)
    return tokenizer_error(file.path(), "", fmt::format("{} bytes", file.bytes().size()),
                           fmt::format("at most {}", max_json_bytes), "Check that this is the tokenizer");
  return crate_from_json(file.path(), file.text());
}

}  // namespace

Result<Tokenizer> Tokenizer::from_checkpoint(const Checkpoint& checkpoint) {
  const auto json = checkpoint.tokenizer_files.find("tokenizer.json");
  const auto vocabulary = checkpoint.tokenizer_files.find("vocab.txt");
  const bool has_json = json != checkpoint.tokenizer_files.end();
  if (!has_json && vocabulary == checkpoint.tokenizer_files.end()) return no_tokenizer(checkpoint);

  auto impl = std::make_shared<Impl>();
  LL_ASSIGN(const TokenizerSettings settings, read_tokenizer_settings(checkpoint));
  impl->notes = settings.notes;
  if (has_json) {
    impl->file = json->second->path();
    LL_ASSIGN(impl->crate, read_tokenizer_json(*json->second));
  } else {
    impl->file = vocabulary->second->path();
    LL_ASSIGN(impl->crate, build_wordpiece(*vocabulary->second, settings, impl->notes));
    LL_TRY(add_tokens(*impl, settings.added));
  }
  LL_TRY(resolve_special(*impl, settings));
  const std::uint32_t size = logitlens_tokenizer_size(impl->crate.get());
  impl->tokens.reserve(size);
  for (std::uint32_t id = 0; id < size; ++id)
    impl->tokens.emplace_back(view_of(logitlens_tokenizer_token(impl->crate.get(), id)));
  LL_TRY(check_closing_ids(*impl));
  return Tokenizer(std::move(impl));
}

}  // namespace logitlens
