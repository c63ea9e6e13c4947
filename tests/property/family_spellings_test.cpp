// One and the same checkpoint of any family, spelled in the ways that checkpoints are found in, gives the same rows; and what
// is said of one that lacks its head.
#include <gtest/gtest.h>

#include <functional>

#include "logitlens/logitlens.h"
#include "support/tampered_checkpoint.h"

namespace logitlens {
namespace {

using test::StoredTensor;
using test::TamperedCheckpoint;

// Every number of every row, as text.
std::string rows_of(const TamperedCheckpoint& checkpoint) {
  auto model = Model::open(checkpoint.path());
  EXPECT_TRUE(model.ok()) << (model.ok() ? "" : model.error().message());
  if (!model.ok()) return "";
  auto table = model->sweep("the way you do anything", {.taps = Taps::all, .threads = 1});
  EXPECT_TRUE(table.ok()) << (table.ok() ? "" : table.error().message());
  if (!table.ok()) return "";
  table->model = {};
  table->run = {};
  table->notes.clear();
  return *render(*table, "json");
}

class AnyFamily : public testing::TestWithParam<std::string> {};

TEST_P(AnyFamily, GivesTheSameRowsBehindADataParallelPrefix) {
  TamperedCheckpoint plain(GetParam()), wrapped(GetParam());
  wrapped.rename_tensors([](std::string name) { return "module." + name; });
  wrapped.save_tensors();
  EXPECT_EQ(rows_of(plain), rows_of(wrapped));
}

TEST_P(AnyFamily, GivesTheSameRowsWithoutTheBaseModelsPrefix) {
  TamperedCheckpoint plain(GetParam()), bare(GetParam());
  bare.rename_tensors([](std::string name) {
    for (const char* prefix : {"bert.", "roberta.", "distilbert.", "albert.", "electra.", "mpnet.",
                               "deberta.", "model.", "esm.", "transformer.", "gpt_neox."})
      if (name.starts_with(prefix)) return name.substr(std::string(prefix).size());
    return name;
  });
  bare.save_tensors();
  EXPECT_EQ(rows_of(plain), rows_of(bare));
}

TEST_P(AnyFamily, GivesTheSameRowsInFloat64) {
  TamperedCheckpoint plain(GetParam()), wide(GetParam());
  wide.widen_tensors();
  wide.save_tensors();
  EXPECT_EQ(rows_of(plain), rows_of(wide));
}

TEST_P(AnyFamily, GivesTheSameRowsFromTwoShards) {
  TamperedCheckpoint plain(GetParam()), sharded(GetParam());
  std::map<std::string, StoredTensor> all = sharded.tensors;
  nlohmann::json weight_map;
  for (int shard : {0, 1}) {
    std::vector<OutTensor> out;
    int number = 0;
    const std::string file = "model-0000" + std::to_string(shard + 1) + "-of-00002.safetensors";
    for (const auto& [name, tensor] : all) {
      if (number++ % 2 != shard) continue;
      out.push_back({name, tensor.dtype, tensor.shape, tensor.bytes});
      weight_map[name] = file;
    }
    ASSERT_TRUE(write_safetensors(sharded.path(file), out, {}, true).ok());
  }
  sharded.remove("model.safetensors");
  sharded.write("model.safetensors.index.json", nlohmann::json{{"weight_map", weight_map}}.dump());
  EXPECT_EQ(rows_of(plain), rows_of(sharded));
}

TEST_P(AnyFamily, IsConvertedToWhatGivesTheSameRows) {
  TamperedCheckpoint plain(GetParam()), converted(GetParam());
  auto model = Model::open(plain.path());
  ASSERT_TRUE(model.ok());
  const Status status = model->convert(converted.path(), true);
  ASSERT_TRUE(status.ok()) << (status.ok() ? "" : status.error().message());
  EXPECT_EQ(rows_of(plain), rows_of(converted));
}

TEST_P(AnyFamily, SaysWhichCheckpointToGetWithoutAHead) {
  TamperedCheckpoint checkpoint(GetParam());
  const ModelDescription description = *Model::open(checkpoint.path())->describe();
  std::size_t removed = 0;
  for (const TensorInfo& tensor : description.tensors)
    if (tensor.use.starts_with("head") || tensor.use.starts_with("decoder"))
      removed += checkpoint.tensors.erase(tensor.name);
  checkpoint.tensors.erase("cls.predictions.bias");  // beside an untied decoder's own
  checkpoint.save_tensors();
  auto model = Model::open(checkpoint.path());
  if (removed == 0) {  // the word embeddings are all the head there is
    EXPECT_TRUE(model.ok());
    return;
  }
  ASSERT_FALSE(model.ok());
  test::expect_error(model.error(), Code::bad_input, {"no LM head", "checkpoint"});
}

std::vector<std::string> families() {
  std::vector<std::string> names = test::golden_names();
  std::erase(names, "esm");  // its text is a protein; it has its own line below
  return names;
}
INSTANTIATE_TEST_SUITE_P(Goldens, AnyFamily, testing::ValuesIn(families()), [](const auto& one) {
  std::string name = one.param;
  std::ranges::replace(name, '-', '_');
  return name;
});
INSTANTIATE_TEST_SUITE_P(Protein, AnyFamily, testing::Values("esm"));

// Keys as older and newer versions of the library write them.
struct Keys {
  std::string golden, name;
  std::function<void(nlohmann::ordered_json&)> respell;
};
class ConfigKeys : public testing::TestWithParam<Keys> {};

TEST_P(ConfigKeys, MeanTheSame) {
  TamperedCheckpoint plain(GetParam().golden), respelled(GetParam().golden);
  GetParam().respell(respelled.config);
  respelled.save_config();
  EXPECT_EQ(rows_of(plain), rows_of(respelled));
}

INSTANTIATE_TEST_SUITE_P(
    Families, ConfigKeys,
    testing::Values(
        Keys{"modernbert", "ModernBertBeforeRopeParameters",
             [](auto& c) {
               c.erase("rope_parameters");
               c.erase("layer_types");
               c["global_rope_theta"] = 160000.0;
               c["local_rope_theta"] = 10000.0;
             }},
        Keys{"gpt-neox", "NeoXBeforeRopeParameters",
             [](auto& c) {
               c.erase("rope_parameters");
               c["rotary_pct"] = 0.5;
               c["rotary_emb_base"] = 10000;
             }},
        Keys{"llama", "LlamaBeforeRopeParameters",
             [](auto& c) {
               c.erase("rope_parameters");
               c["rope_theta"] = 10000.0;
               c["rope_scaling"] = nullptr;
             }},
        Keys{"llama-scaled", "LlamaScalingOfOld",
             [](auto& c) {
               auto scaling = c["rope_parameters"];
               c.erase("rope_parameters");
               scaling.erase("rope_theta");
               c["rope_theta"] = 10000.0;
               c["rope_scaling"] = scaling;
             }},
        Keys{"llama-linear", "LinearScalingOfOld",
             [](auto& c) {
               c.erase("rope_parameters");
               c["rope_scaling"] = {{"type", "linear"}, {"factor", 4.0}};
             }},
        Keys{"deberta", "AttentionKindsInOneString", [](auto& c) { c["pos_att_type"] = "c2p|p2c"; }},
        Keys{"deberta-v2", "AttentionKindsInOneString", [](auto& c) { c["pos_att_type"] = "p2c | c2p"; }},
        Keys{"esm", "EsmBeforeRopeTheta", [](auto& c) { c.erase("rope_theta"); }},
        Keys{"albert", "AlbertOfOld",
             [](auto& c) {
               for (auto key : {"num_hidden_groups", "tie_word_embeddings", "dtype"}) c.erase(key);
               c["net_structure_type"] = 0;
               c["gap_size"] = 0;
               c["down_scale_factor"] = 1;
             }},
        Keys{"electra", "ElectraWithoutTheTieFlag", [](auto& c) { c.erase("tie_word_embeddings"); }},
        Keys{"mpnet", "MpnetWithoutBuckets", [](auto& c) { c.erase("relative_attention_num_buckets"); }},
        Keys{"gpt2", "Gpt2WithNCtx",
             [](auto& c) {
               c.erase("n_inner");
               c["n_ctx"] = 160;
             }},
        Keys{"roberta", "ModelTypeByItsClass", [](auto& c) { c.erase("model_type"); }}),
    [](const auto& one) { return one.param.name + std::to_string(one.index); });

// What would be built wrong is refused.
struct Refused {
  std::string golden, name;
  std::function<void(nlohmann::ordered_json&)> change;
  std::vector<std::string> message;
};
class RefusedConfig : public testing::TestWithParam<Refused> {};

TEST_P(RefusedConfig, SaysWhatItFound) {
  TamperedCheckpoint checkpoint(GetParam().golden);
  GetParam().change(checkpoint.config);
  checkpoint.save_config();
  auto model = Model::open(checkpoint.path());
  ASSERT_FALSE(model.ok());
  test::expect_error(model.error(), Code::bad_input, GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    Families, RefusedConfig,
    testing::Values(Refused{"llama",
                            "UnknownScaling",
                            [](auto& c) { c["rope_parameters"]["rope_type"] = "yarn"; },
                            {"rope_parameters.rope_type", "yarn", "llama3"}},
                    Refused{"llama",
                            "ScalingWithoutFactor",
                            [](auto& c) { c["rope_parameters"]["rope_type"] = "linear"; },
                            {"rope_parameters.factor", "nothing"}},
                    Refused{"llama",
                            "ScalingIsNoObject",
                            [](auto& c) { c["rope_scaling"] = 7; },
                            {"rope_scaling", "found 7"}},
                    Refused{"llama",
                            "KeyHeadsDoNotDivide",
                            [](auto& c) { c["num_key_value_heads"] = 3; },
                            {"num_key_value_heads", "found 3", "a divisor of 4"}},
                    Refused{"llama",
                            "FlagIsNoFlag",
                            [](auto& c) { c["attention_bias"] = "no"; },
                            {"attention_bias", "true or false"}},
                    Refused{"llama",
                            "TiedWithoutSaying",
                            [](auto& c) { c["rope_parameters"]["rope_theta"] = -1; },
                            {"rope_theta", "found -1"}},
                    Refused{"qwen2",
                            "SlidingWindow",
                            [](auto& c) { c["use_sliding_window"] = true; },
                            {"use_sliding_window", "false"}},
                    Refused{"esm",
                            "AbsolutePositions",
                            [](auto& c) { c["position_embedding_type"] = "absolute"; },
                            {"position_embedding_type", "rotary"}},
                    Refused{"esm",
                            "DropoutWithoutAMask",
                            [](auto& c) { c.erase("mask_token_id"); },
                            {"mask_token_id", "nothing"}},
                    Refused{"esm",
                            "MaskBeyondTheVocabulary",
                            [](auto& c) { c["mask_token_id"] = 33; },
                            {"mask_token_id", "found 33"}},
                    Refused{"albert",
                            "SeveralLayersAGroup",
                            [](auto& c) { c["inner_group_num"] = 2; },
                            {"inner_group_num", "found 2"}},
                    Refused{"albert",
                            "MoreGroupsThanLayers",
                            [](auto& c) { c["num_hidden_groups"] = 9; },
                            {"num_hidden_groups", "found 9"}},
                    Refused{"roberta",
                            "PaddingLeavesNoPositions",
                            [](auto& c) { c["pad_token_id"] = 200; },
                            {"pad_token_id", "found 200"}},
                    Refused{"gpt2",
                            "UnscaledAttention",
                            [](auto& c) { c["scale_attn_weights"] = false; },
                            {"scale_attn_weights"}},
                    Refused{"deberta-v2-conv",
                            "EvenKernel",
                            [](auto& c) { c["conv_kernel_size"] = 4; },
                            {"conv_kernel_size", "odd"}},
                    Refused{"deberta-v2-conv",
                            "GroupedConvolution",
                            [](auto& c) { c["conv_groups"] = 2; },
                            {"conv_groups"}},
                    Refused{"deberta-v3",
                            "BucketsBeyondTheReach",
                            [](auto& c) { c["position_buckets"] = 400; },
                            {"position_buckets", "found 400"}},
                    Refused{"mpnet",
                            "OddBuckets",
                            [](auto& c) { c["relative_attention_num_buckets"] = 31; },
                            {"relative_attention_num_buckets", "found 31"}},
                    Refused{"modernbert",
                            "TooFewLayerTypes",
                            [](auto& c) { c["layer_types"] = {"full_attention"}; },
                            {"layer_types", "a list of 5"}},
                    Refused{"modernbert",
                            "UnknownLayerType",
                            [](auto& c) { c["layer_types"][1] = "chunked_attention"; },
                            {"layer_types", "chunked_attention"}},
                    Refused{"gpt-neox",
                            "NothingToRotate",
                            [](auto& c) { c["rope_parameters"]["partial_rotary_factor"] = 0.01; },
                            {"rotary_pct", "an even number"}}),
    [](const auto& one) { return one.param.name + std::to_string(one.index); });

TEST(Deberta, SaysWhatACheckpointWasTrainedFor) {
  TamperedCheckpoint checkpoint("deberta-v3");
  checkpoint.tensors["mask_predictions.dense.weight"] = {"F32", {1}, std::vector<std::byte>(4)};
  checkpoint.save_tensors();
  auto model = Model::open(checkpoint.path());
  ASSERT_TRUE(model.ok());
  auto table = model->sweep("the way");
  ASSERT_TRUE(table.ok());
  EXPECT_TRUE(std::ranges::any_of(table->notes, [](const std::string& note) {
    return note.find("replaced tokens") != std::string::npos;
  }));
}

// ELECTRA's discriminator: an encoder whose head says something else.
TEST(Electra, DiscriminatorIsRefusedWithTheWayOut) {
  TamperedCheckpoint checkpoint("electra");
  std::erase_if(checkpoint.tensors, [](const auto& one) { return one.first.starts_with("generator_"); });
  checkpoint.tensors["discriminator_predictions.dense.weight"] = {"F32", {1}, std::vector<std::byte>(4)};
  checkpoint.save_tensors();
  auto model = Model::open(checkpoint.path());
  ASSERT_FALSE(model.ok());
  test::expect_error(model.error(), Code::bad_input, {"no LM head", "-generator"});
}

}  // namespace
}  // namespace logitlens
