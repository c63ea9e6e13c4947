#include "text/tokenizer.h"

#include <fmt/format.h>

#include <filesystem>

#include "text/text_input.h"
#include "text/tokenizer_impl.h"

namespace logitlens {

namespace {

Error field_of_second(Error error) {
  error.field = error.field == "text" ? "second text" : "second text, " + error.field;
  return error;
}

Status check_texts(std::string_view text, const std::string_view* second) {
  LL_TRY(check_text(text));
  if (!second) return ok_status();
  if (const Status checked = check_text(*second); !checked.ok()) return field_of_second(checked.error());
  if (text.size() + second->size() > max_text_bytes)
    return Error{.code = Code::bad_input,
                 .file = "",
                 .field = "second text",
                 .found = fmt::format("{} bytes with the first", text.size() + second->size()),
                 .expected = fmt::format("at most {} (16 MiB)", max_text_bytes),
                 .remedy = "Split the text",
                 .names = {}};
  return ok_status();
}

}  // namespace

Result<std::vector<Token>> Tokenizer::encode(std::string_view text) const {
  return encode_texts(text, nullptr);
}

Result<std::vector<Token>> Tokenizer::encode(std::string_view text, std::string_view second) const {
  return encode_texts(text, &second);
}

Result<std::vector<Token>> Tokenizer::encode_texts(std::string_view text,
                                                   const std::string_view* second) const {
  LL_TRY(check_texts(text, second));
  LL_ASSIGN(const CrateEncoding encoding, crate_encode(impl_->file, *impl_->crate, text, second));
  std::vector<Token> tokens(encoding->size);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const std::size_t id = encoding->ids[i];
    if (id >= impl_->tokens.size())
      return Error{.code = Code::bad_input,
                   .file = impl_->file,
                   .field = "model",
                   .found = fmt::format("id {} for a token of the text", id),
                   .expected = fmt::format("an id below {}, the vocabulary's size", impl_->tokens.size()),
                   .remedy = "Use the tokenizer's files as the model was published with them",
                   .names = {}};
    Token& token = tokens[i];
    token.position = static_cast<int>(i);
    token.id = static_cast<int>(id);
    token.token = impl_->tokens[id];
    token.special = encoding->added[i];
    token.start = encoding->starts[i];
    token.end = encoding->ends[i];
    token.segment = static_cast<int>(encoding->type_ids[i]);
    token.part = static_cast<int>(encoding->parts[i]);
    token.word = static_cast<int>(encoding->words[i]);
    const std::string_view whole = second && token.part == 1 ? *second : text;
    const std::string_view slice = whole.substr(token.start, token.end - token.start);
    token.text = slice.empty() ? token.token : std::string(slice);
  }
  return tokens;
}

const std::string& Tokenizer::token(int id) const {
  static const std::string none;
  return id >= 0 && static_cast<std::size_t>(id) < impl_->tokens.size()
             ? impl_->tokens[static_cast<std::size_t>(id)]
             : none;
}

std::optional<int> Tokenizer::id(std::string_view token) const { return impl_->id(token); }

int Tokenizer::vocab_size() const { return static_cast<int>(impl_->tokens.size()); }

const SpecialTokens& Tokenizer::special() const { return impl_->special; }

std::vector<std::pair<std::string, int>> Tokenizer::special_list() const {
  std::vector<std::pair<std::string, int>> list;
  LogitlensAddedToken token;
  for (std::size_t i = 0; logitlens_tokenizer_added(impl_->crate.get(), i, &token); ++i)
    if (token.special) list.emplace_back(view_of(token.content), static_cast<int>(token.id));
  return list;
}

std::string Tokenizer::description() const {
  return fmt::format("{} ({})", view_of(logitlens_tokenizer_description(impl_->crate.get())),
                     std::filesystem::path(impl_->file).filename().string());
}

const std::vector<std::string>& Tokenizer::notes() const { return impl_->notes; }

}  // namespace logitlens
