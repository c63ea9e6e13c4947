// Every row of bad configurations: the code, and that the message names file, field, what was found and what is expected.
#include <gtest/gtest.h>

#include <functional>

#include "logitlens/logitlens.h"
#include "support/tampered_checkpoint.h"

namespace logitlens {
namespace {

using test::TamperedCheckpoint;

struct Fault {
  std::string name;
  std::function<void(nlohmann::ordered_json&)> damage;
  std::vector<std::string> message;
};

class ConfigFault : public testing::TestWithParam<Fault> {};

TEST_P(ConfigFault, IsRefused) {
  TamperedCheckpoint checkpoint;
  GetParam().damage(checkpoint.config);
  checkpoint.save_config();
  auto model = Model::open(checkpoint.path());
  ASSERT_FALSE(model.ok());
  auto parts = GetParam().message;
  parts.insert(parts.begin(), "config.json");
  test::expect_error(model.error(), Code::bad_input, parts);
}

Fault set(std::string name, std::string key, nlohmann::ordered_json value, std::vector<std::string> message) {
  message.push_back(key);
  return {std::move(name), [key, value](auto& config) { config[key] = value; }, std::move(message)};
}

INSTANTIATE_TEST_SUITE_P(
    Rows, ConfigFault,
    testing::Values(
        set("heads_do_not_divide", "num_attention_heads", 5, {"found 5", "a divisor of hidden_size 36"}),
        set("zero_heads", "num_attention_heads", 0, {"found 0", "from 1"}),
        set("zero_layers", "num_hidden_layers", 0, {"found 0", "from 1 to 1000"}),
        set("negative_layers", "num_hidden_layers", -3, {"found -3", "from 1"}),
        set("string_layers", "num_hidden_layers", "12", {"\"12\"", "an integer"}),
        set("float_layers", "num_hidden_layers", 12.0, {"found 12.0", "an integer"}),
        set("a_billion_layers", "num_hidden_layers", 1000000000, {"found 1000000000", "to 1000"}),
        set("huge_hidden", "hidden_size", 1e30, {"an integer"}),
        set("vocabulary_beyond_the_embeddings", "vocab_size", 300,
            {"[295, 36]", "[300, 36]", "word_embeddings"}),
        set("positions_beyond_the_table", "max_position_embeddings", 512,
            {"[160, 36]", "[512, 36]", "position_embeddings"}),
        set("eps_zero", "layer_norm_eps", 0, {"found 0", "above 0"}),
        set("eps_null", "layer_norm_eps", nullptr, {"found null", "above 0"}),
        set("eps_string", "layer_norm_eps", "tiny", {"\"tiny\"", "above 0"}),
        set("unknown_activation", "hidden_act", "swishy", {"\"swishy\"", "gelu_new", "relu"}),
        set("activation_not_text", "hidden_act", 7, {"found 7", "the name of an activation"}),
        set("unknown_model_type", "model_type", "t5", {"\"t5\"", "bert"}),
        set("pad_beyond_the_vocabulary", "pad_token_id", 295, {"found 295", "0 to 294"}),
        set("negative_pad", "pad_token_id", -1, {"found -1"}),
        set("decoder", "is_decoder", true, {"found true"}),
        set("cross_attention", "add_cross_attention", true, {"found true"}),
        set("relative_positions", "position_embedding_type", "relative_key", {"relative_key", "absolute"}),
        set("pruned_heads", "pruned_heads", {{"0", {1}}}, {"pruned"}),
        set("tied_not_a_flag", "tie_word_embeddings", "yes", {"\"yes\"", "true or false"}),
        Fault{"no_model_type",
              [](auto& config) {
                config.erase("model_type");
                config.erase("architectures");
              },
              {"model_type", "nothing", "bert"}},
        Fault{"not_an_object", [](auto& config) { config = {1, 2, 3}; }, {"an object"}}),
    [](const auto& one) { return one.param.name; });

TEST(Config, CodeOfAnotherIsNeverRun) {
  TamperedCheckpoint checkpoint;
  checkpoint.config["auto_map"] = {{"AutoModel", "modeling_evil.Evil"}};
  checkpoint.save_config();
  checkpoint.write("modeling_evil.py", "raise SystemExit(1)\n");
  EXPECT_TRUE(Model::open(checkpoint.path()).ok());
}

TEST(Config, WhatTheReferenceLibraryDefaultsMayBeAbsent) {
  TamperedCheckpoint checkpoint;
  for (const char* key :
       {"hidden_act", "layer_norm_eps", "type_vocab_size", "pad_token_id", "tie_word_embeddings"})
    checkpoint.config.erase(key);
  checkpoint.save_config();
  auto model = Model::open(checkpoint.path());
  ASSERT_TRUE(model.ok()) << model.error().message();
}

TEST(Config, AbsentFileIsNamed) {
  TamperedCheckpoint checkpoint;
  checkpoint.remove("config.json");
  auto model = Model::open(checkpoint.path());
  ASSERT_FALSE(model.ok());
  test::expect_error(model.error(), Code::bad_input, {checkpoint.path(), "config.json"});
}

TEST(Config, AbsentFolderIsNamed) {
  auto model = Model::open("/nowhere/at/all");
  ASSERT_FALSE(model.ok());
  test::expect_error(model.error(), Code::bad_input, {"/nowhere/at/all"});
}

TEST(Config, TokenizerLargerThanTheEmbeddings) {
  TamperedCheckpoint checkpoint;
  checkpoint.remove("tokenizer.json");
  checkpoint.write("vocab.txt", checkpoint.read("vocab.txt") + "onemoretoken\nandanother\n");
  auto model = Model::open(checkpoint.path());
  ASSERT_FALSE(model.ok());
  test::expect_error(model.error(), Code::bad_input, {"vocab_size", "295", "297", "tokenizer"});
}

}  // namespace
}  // namespace logitlens
