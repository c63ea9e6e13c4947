#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "io/tensor_bundle.h"

namespace logitlens {
namespace {

Tensor named(const std::string& name, const std::vector<std::size_t>& shape = {}) {
  Tensor tensor;
  tensor.name = name;
  tensor.shape = shape;
  return tensor;
}

Tensor renamed(const std::string& name) {
  TensorMap tensors;
  tensors.add(named(name));
  rename_google_bert(tensors);
  return tensors.all().front();
}

TEST(GoogleBert, NamesOfEveryVariable) {
  struct Case {
    const char* stored;
    const char* name;
    bool in_out;
  };
  for (const auto& [stored, name, in_out] : std::vector<Case>{
           {"bert/embeddings/word_embeddings", "bert.embeddings.word_embeddings.weight", false},
           {"bert/embeddings/position_embeddings", "bert.embeddings.position_embeddings.weight", false},
           {"bert/embeddings/token_type_embeddings", "bert.embeddings.token_type_embeddings.weight", false},
           {"bert/embeddings/LayerNorm/gamma", "bert.embeddings.LayerNorm.weight", false},
           {"bert/embeddings/LayerNorm/beta", "bert.embeddings.LayerNorm.bias", false},
           {"bert/encoder/layer_0/attention/self/query/kernel",
            "bert.encoder.layer.0.attention.self.query.weight", true},
           {"bert/encoder/layer_7/attention/self/key/bias", "bert.encoder.layer.7.attention.self.key.bias",
            false},
           {"bert/encoder/layer_11/attention/self/value/kernel",
            "bert.encoder.layer.11.attention.self.value.weight", true},
           {"bert/encoder/layer_1/attention/output/dense/kernel",
            "bert.encoder.layer.1.attention.output.dense.weight", true},
           {"bert/encoder/layer_1/attention/output/LayerNorm/gamma",
            "bert.encoder.layer.1.attention.output.LayerNorm.weight", false},
           {"bert/encoder/layer_2/intermediate/dense/kernel",
            "bert.encoder.layer.2.intermediate.dense.weight", true},
           {"bert/encoder/layer_23/output/dense/bias", "bert.encoder.layer.23.output.dense.bias", false},
           {"bert/encoder/layer_2/output/LayerNorm/beta", "bert.encoder.layer.2.output.LayerNorm.bias",
            false},
           {"bert/pooler/dense/kernel", "bert.pooler.dense.weight", true},
           {"cls/predictions/transform/dense/kernel", "cls.predictions.transform.dense.weight", true},
           {"cls/predictions/transform/LayerNorm/gamma", "cls.predictions.transform.LayerNorm.weight", false},
           {"cls/predictions/output_bias", "cls.predictions.bias", false},
           {"cls/seq_relationship/output_weights", "cls.seq_relationship.weight", false},
           {"cls/seq_relationship/output_bias", "cls.seq_relationship.bias", false}}) {
    for (const std::string scope : {"", "module/", "module_0/", "module_12/"}) {
      const Tensor tensor = renamed(scope + stored);
      EXPECT_EQ(tensor.name, name);
      EXPECT_EQ(tensor.in_out, in_out) << stored;
      EXPECT_EQ(tensor.stored_name, scope + stored);
    }
  }
}

TEST(GoogleBert, OtherNamesAreKept) {
  for (const char* name :
       {"", "/", "bert", "bert/", "bert/pooler/dense/scale", "module", "module/",
        "module_/bert/pooler/dense/bias", "module_x/bert/pooler/dense/bias", "other/bert/pooler/dense/bias",
        "module/module/bert/pooler/dense/bias", "albert/pooler/dense/bias",
        "bert.embeddings.LayerNorm.weight", "output_weights"}) {
    const Tensor tensor = renamed(name);
    EXPECT_EQ(tensor.name, name);
    EXPECT_EQ(tensor.stored_name, "");
    EXPECT_FALSE(tensor.in_out);
  }
}

TEST(GoogleBert, TwoModulesInOneFileAreDuplicates) {
  TensorMap tensors;
  tensors.add(named("module/bert/pooler/dense/bias"));
  tensors.add(named("module_1/bert/pooler/dense/bias"));
  rename_google_bert(tensors);
  EXPECT_EQ(tensors.all()[0].name, tensors.all()[1].name);  // finish() refuses them by name
}

// The shapes of a model of two layers, but for those that a test leaves out or changes.
TensorMap model(const std::map<std::string, std::vector<std::size_t>>& changes = {}) {
  std::map<std::string, std::vector<std::size_t>> shapes = {
      {"bert.embeddings.word_embeddings.weight", {1000, 128}},
      {"bert.embeddings.position_embeddings.weight", {40, 128}},
      {"bert.embeddings.token_type_embeddings.weight", {2, 128}},
      {"bert.encoder.layer.0.intermediate.dense.weight", {128, 512}},
      {"bert.encoder.layer.1.intermediate.dense.weight", {128, 512}},
      {"global", {}}};
  for (const auto& [name, shape] : changes) shapes[name] = shape;
  TensorMap tensors;
  for (const auto& [name, shape] : shapes)
    if (shape != std::vector<std::size_t>{0}) tensors.add(named(name, shape));
  EXPECT_TRUE(tensors.finish(nullptr));
  return tensors;
}

std::int64_t integer(const Json& config, const char* key) {
  const Json* value = config.find(key);
  return value ? value->integer().value_or(-1) : -1;
}

TEST(GoogleBert, SizesComeFromTheShapes) {
  const auto config = config_from_google_bert("model", model());
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(integer(*config, "vocab_size"), 1000);
  EXPECT_EQ(integer(*config, "hidden_size"), 128);
  EXPECT_EQ(integer(*config, "num_hidden_layers"), 2);
  EXPECT_EQ(integer(*config, "num_attention_heads"), 2);
  EXPECT_EQ(integer(*config, "intermediate_size"), 512);
  EXPECT_EQ(integer(*config, "max_position_embeddings"), 40);
  EXPECT_EQ(integer(*config, "type_vocab_size"), 2);
  EXPECT_EQ(*config->find("model_type")->get<std::string>(), "bert");
  EXPECT_EQ(*config->find("hidden_act")->get<std::string>(), "gelu");
  EXPECT_EQ(config->find("layer_norm_eps")->number(), 1e-12);
}

TEST(GoogleBert, AGapInTheLayersIsCounted) {  // so that the loader misses them by name
  const auto config =
      config_from_google_bert("model", model({{"bert.encoder.layer.5.output.dense.bias", {128}}}));
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(integer(*config, "num_hidden_layers"), 6);
}

void expect_error(const Result<Json>& config, const std::string& field, const std::string& found) {
  ASSERT_FALSE(config.ok());
  EXPECT_EQ(config.error().code, Code::bad_input);
  EXPECT_EQ(config.error().file, "model");
  EXPECT_EQ(config.error().field, field);
  EXPECT_NE(config.error().found.find(found), std::string::npos) << config.error().found;
  EXPECT_NE(config.error().remedy, "");
}

TEST(GoogleBert, ShapesThatAreMissingOrNoBerts) {
  const std::string words = "bert.embeddings.word_embeddings.weight";
  for (const std::string& name : {words, std::string("bert.embeddings.position_embeddings.weight"),
                                  std::string("bert.embeddings.token_type_embeddings.weight"),
                                  std::string("bert.encoder.layer.0.intermediate.dense.weight")}) {
    expect_error(config_from_google_bert("model", model({{name, {0}}})), name, "nothing");
    expect_error(config_from_google_bert("model", model({{name, {5}}})), name, "shape [5]");
  }
  expect_error(config_from_google_bert("model", model({{words, {10, 100}}})), words, "100 columns");
  expect_error(config_from_google_bert("model", model({{words, {10, 0}}})), words, "0 columns");
  for (const std::string number : {"x", "-1", "99999999999", "1x"}) {
    const std::string name = "bert.encoder.layer." + number + ".output.dense.bias";
    expect_error(config_from_google_bert("model", model({{name, {1}}})), name, "layer " + number);
  }
}

}  // namespace
}  // namespace logitlens
