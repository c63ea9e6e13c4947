// Tokenizers from files in memory.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "support/golden.h"
#include "text/tokenizer.h"

namespace logitlens::test {

using Files = std::map<std::string, std::string>;  // name -> content

// A directory's tokenizer files; `files` outlive what is made of it.
inline Checkpoint checkpoint_of(const Files& files, const std::string& model_type = "") {
  Checkpoint checkpoint;
  checkpoint.path = "dir";
  if (!model_type.empty())
    checkpoint.config = Json(Json::Object{{"model_type", Json(Json::Value(model_type))}});
  for (const auto& [name, content] : files)
    checkpoint.tokenizer_files[name] = MappedFile::embedded("dir/" + name, std::as_bytes(std::span(content)));
  return checkpoint;
}

inline Tokenizer open(const Files& files, const std::string& model_type = "") {
  auto tokenizer = Tokenizer::from_checkpoint(checkpoint_of(files, model_type));
  EXPECT_TRUE(tokenizer.ok()) << (tokenizer.ok() ? "" : tokenizer.error().message());
  return std::move(*tokenizer);
}

inline Error refuse(const Files& files, const std::string& model_type = "") {
  const auto tokenizer = Tokenizer::from_checkpoint(checkpoint_of(files, model_type));
  EXPECT_FALSE(tokenizer.ok());
  if (tokenizer.ok()) return {};
  EXPECT_EQ(tokenizer.error().code, Code::bad_input);
  EXPECT_FALSE(tokenizer.error().remedy.empty());
  return tokenizer.error();
}

inline std::string golden_file(const std::string& model, const std::string& name) {
  auto file = MappedFile::open(golden_folder(model) + "/" + name);
  EXPECT_TRUE(file.ok()) << model << " " << name;
  return std::string((*file)->text());
}

inline std::vector<Token> encode(const Tokenizer& tokenizer, std::string_view text) {
  auto tokens = tokenizer.encode(text);
  EXPECT_TRUE(tokens.ok()) << (tokens.ok() ? "" : tokens.error().message());
  return std::move(*tokens);
}

inline std::vector<Token> encode(const Tokenizer& tokenizer, std::string_view text, std::string_view second) {
  auto tokens = tokenizer.encode(text, second);
  EXPECT_TRUE(tokens.ok()) << (tokens.ok() ? "" : tokens.error().message());
  return std::move(*tokens);
}

inline std::vector<int> ids_of(const std::vector<Token>& tokens) {
  std::vector<int> ids;
  for (const Token& token : tokens) ids.push_back(token.id);
  return ids;
}

}  // namespace logitlens::test
