// From a checkpoint's files to a Tokenizer: pipeline, special tokens, checks.
#include <fmt/format.h>

#include <algorithm>

#include "text/slow_tokenizer.h"
#include "text/special_roles.h"
#include "text/tokenizer_impl.h"

namespace logitlens {

namespace {

constexpr std::size_t max_json_bytes = std::size_t{256} << 20;
constexpr std::string_view save_remedy =
    "Save the tokenizer with transformers' save_pretrained, which writes tokenizer.json";

Error tokenizer_error(const std::string& file, std::string field, std::string found, std::string expected,
                      std::string_view remedy) {
  return {Code::bad_input,     file, std::move(field), std::move(found), std::move(expected),
          std::string(remedy), {}};
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

std::string_view model_type_of(const Checkpoint& checkpoint) {
  const Json* type = checkpoint.config.find("model_type");
  const auto* text = type ? type->get<std::string>() : nullptr;
  return text ? std::string_view(*text) : "";
}

// By the class that the files name, else by the model's type; nullptr where neither tells.
const TokenizerRule* find_rule(const Checkpoint& checkpoint, const TokenizerSettings& settings) {
  return is_generic_class(settings.tokenizer_class) ? rule_of_model_type(model_type_of(checkpoint))
                                                    : rule_of_class(settings.tokenizer_class);
}

bool has_file(const Checkpoint& checkpoint, std::string_view name) {
  return checkpoint.tokenizer_files.contains(std::string(name));
}
bool has_list(const Checkpoint& checkpoint) { return has_file(checkpoint, "vocab.txt"); }
bool has_merges(const Checkpoint& checkpoint) {
  return has_file(checkpoint, "vocab.json") && has_file(checkpoint, "merges.txt");
}
bool has_pieces(const Checkpoint& checkpoint) {
  return std::ranges::any_of(sentencepiece_files, [&](auto name) { return has_file(checkpoint, name); });
}

struct KindFiles {
  VocabularyKind kind;
  std::string_view names;  // for messages
  bool (*exist)(const Checkpoint& checkpoint);
  Result<ConvertedTokenizer> (*convert)(const SlowFiles& slow);
};
constexpr KindFiles kind_files[] = {
    {VocabularyKind::wordpiece, "vocab.txt", has_list, convert_vocabulary_list},
    {VocabularyKind::word_list, "vocab.txt", has_list, convert_vocabulary_list},
    {VocabularyKind::byte_level, "vocab.json with merges.txt", has_merges, convert_byte_level},
    {VocabularyKind::sentencepiece, "spiece.model, sentencepiece.bpe.model or spm.model", has_pieces,
     convert_sentencepiece},
};

const KindFiles& files_of(const TokenizerRule& rule) {
  return *std::ranges::find(kind_files, rule.vocabulary, &KindFiles::kind);
}

Error no_tokenizer(const Checkpoint& checkpoint, std::string_view expected) {
  std::string found;
  for (const auto& [name, file] : checkpoint.tokenizer_files)
    if (name == "vocab.txt" || name == "vocab.json" || name == "merges.txt" || name.ends_with(".model"))
      found += (found.empty() ? "" : ", ") + name;
  return tokenizer_error(checkpoint.path, "tokenizer", found.empty() ? "nothing" : std::move(found),
                         fmt::format("tokenizer.json, or {}", expected), save_remedy);
}

// The rule of a directory without a tokenizer.json, whose files the rule finds there.
Result<const TokenizerRule*> choose_rule(const Checkpoint& checkpoint, const TokenizerSettings& settings) {
  if (const TokenizerRule* rule = find_rule(checkpoint, settings)) {
    if (!files_of(*rule).exist(checkpoint)) return no_tokenizer(checkpoint, files_of(*rule).names);
    return rule;
  }
  if (!is_generic_class(settings.tokenizer_class))
    return tokenizer_error(settings.file, "tokenizer_class",
                           "\"" + settings.tokenizer_class + "\" without a tokenizer.json",
                           "one of " + known_classes(), save_remedy);
  for (const KindFiles& files : kind_files) {
    if (!files.exist(checkpoint)) continue;
    if (files.kind == VocabularyKind::sentencepiece)  // families number its pieces each in their own way
      return no_tokenizer(checkpoint,
                          "a tokenizer_config.json whose tokenizer_class says whose pieces these are");
    return &usual_rule(files.kind);
  }
  return no_tokenizer(checkpoint, "vocab.txt, vocab.json with merges.txt, or a SentencePiece model");
}

// The pipeline that the reference builds from the older files.
Result<CrateTokenizer> build_from_slow_files(const Checkpoint& checkpoint, const TokenizerRule& rule,
                                             const TokenizerSettings& settings, Tokenizer::Impl& impl) {
  LL_ASSIGN(const ConvertedTokenizer converted,
            files_of(rule).convert({checkpoint.tokenizer_files, rule, settings}));
  impl.file = converted.file;
  impl.notes.insert(impl.notes.end(), converted.notes.begin(), converted.notes.end());
  return crate_from_json(impl.file, converted.json, converted.has_gaps);
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

bool is_listed(const Tokenizer::Impl& impl, std::string_view token) {
  LogitlensAddedToken added;
  for (std::size_t i = 0; logitlens_tokenizer_added(impl.crate.get(), i, &added); ++i)
    if (view_of(added.content) == token) return true;
  return false;
}

// Special tokens without a role that the vocabulary holds.
Status add_extra(Tokenizer::Impl& impl, const TokenizerSettings& settings) {
  std::vector<AddedToken> extra;
  for (const std::string& content : settings.extra)
    if (impl.has(content) && !is_listed(impl, content)) extra.push_back({.content = content, .id = {}});
  return crate_add(impl.file, *impl.crate, extra);
}

// Looks up the special tokens, and makes sure that the pipeline cuts them out of a text, as the reference
// does.
Status resolve_special(Tokenizer::Impl& impl, const TokenizerSettings& settings, const TokenizerRule* rule) {
  const FindId find_id = [&](std::string_view token) { return impl.id(token); };
  std::vector<AddedToken> unlisted;
  for (const Role role : roles) {
    const auto token = find_role(settings, rule, role, find_id);
    if (!token) continue;
    slot_of(impl.special, role) = impl.id(token->content);
    if (!is_listed(impl, token->content)) unlisted.push_back(*token);
  }
  LL_TRY(crate_add(impl.file, *impl.crate, unlisted));
  return add_extra(impl, settings);
}

// A mask that is no piece of the vocabulary comes after it, in families that have it so.
Status add_mask(Tokenizer::Impl& impl, const TokenizerSettings& settings, const TokenizerRule& rule) {
  AddedToken mask{.content = expected_name(settings, &rule, Role::mask), .id = {}};
  if (!rule.mask_follows || impl.has(mask.content)) return ok_status();
  return crate_add(impl.file, *impl.crate, {mask});
}

// Without a mask there is nothing to ask a masked language model. Models over WordPiece are such.
Status check_mask(const Tokenizer::Impl& impl, const TokenizerSettings& settings, const TokenizerRule* rule) {
  const bool is_wordpiece =
      view_of(logitlens_tokenizer_description(impl.crate.get())).starts_with("WordPiece");
  const bool is_wanted =
      is_wordpiece || settings.name_of(Role::mask) || (rule && !rule->name_of(Role::mask).empty());
  if (is_wanted && !impl.special.mask) {
    const bool has_name = settings.name_of(Role::mask) || rule;
    return missing_token(impl.file,
                         has_name ? expected_name(settings, rule, Role::mask) : usual_names(Role::mask)[0]);
  }
  return ok_status();
}

// The ids that the pipeline puts around a text come from the file: they must be the vocabulary's.
Status check_closing_ids(const Tokenizer::Impl& impl) {
  LL_ASSIGN(const CrateEncoding encoding, crate_encode(impl.file, *impl.crate, ""));
  for (std::size_t i = 0; i < encoding->size; ++i)
    if (encoding->ids[i] >= impl.tokens.size())
      return tokenizer_error(impl.file, "post_processor",
                             fmt::format("a special token of id {}", encoding->ids[i]),
                             fmt::format("an id below {}, the vocabulary's size", impl.tokens.size()),
                             "Use the tokenizer's files as the model was published with them");
  return ok_status();
}

Result<CrateTokenizer> read_tokenizer_json(const MappedFile& file) {
  if (file.bytes().size() > max_json_bytes)
    return tokenizer_error(file.path(), "", fmt::format("{} bytes", file.bytes().size()),
                           fmt::format("at most {}", max_json_bytes), "Check that this is the tokenizer");
  return crate_from_json(file.path(), file.text());
}

}  // namespace

Result<Tokenizer> Tokenizer::from_checkpoint(const Checkpoint& checkpoint) {
  auto impl = std::make_shared<Impl>();
  LL_ASSIGN(const TokenizerSettings settings, read_tokenizer_settings(checkpoint));
  impl->notes = settings.notes;
  const TokenizerRule* rule = find_rule(checkpoint, settings);
  const auto json = checkpoint.tokenizer_files.find("tokenizer.json");
  if (json != checkpoint.tokenizer_files.end()) {
    impl->file = json->second->path();
    LL_ASSIGN(impl->crate, read_tokenizer_json(*json->second));
  } else {
    LL_ASSIGN(rule, choose_rule(checkpoint, settings));
    LL_ASSIGN(impl->crate, build_from_slow_files(checkpoint, *rule, settings, *impl));
    LL_TRY(add_tokens(*impl, settings.added));
    LL_TRY(add_mask(*impl, settings, *rule));
  }
  LL_TRY(resolve_special(*impl, settings, rule));
  LL_TRY(check_mask(*impl, settings, rule));
  const std::uint32_t size = logitlens_tokenizer_size(impl->crate.get());
  impl->tokens.reserve(size);
  for (std::uint32_t id = 0; id < size; ++id)
    impl->tokens.emplace_back(view_of(logitlens_tokenizer_token(impl->crate.get(), id)));
  LL_TRY(check_closing_ids(*impl));
  return Tokenizer(std::move(impl));
}

}  // namespace logitlens
