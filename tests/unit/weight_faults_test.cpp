// Every row of bad weights, and every spelling of good ones.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <functional>
#include <limits>

#include "logitlens/logitlens.h"
#include "support/tampered_checkpoint.h"

namespace logitlens {
namespace {

using test::StoredTensor;
using test::TamperedCheckpoint;

constexpr const char* text = "the way you do anything is the way you do everything";
constexpr const char* inner = "bert.encoder.layer.2.intermediate.dense.weight";

Result<LensTable> sweep(const TamperedCheckpoint& checkpoint, const SweepOptions& options = {}) {
  auto model = Model::open(checkpoint.path());
  if (!model.ok()) return model.error();
  return model->sweep(text, options);
}

Error error_of(const TamperedCheckpoint& checkpoint) {
  checkpoint.save_tensors();
  auto table = sweep(checkpoint);
  EXPECT_FALSE(table.ok());
  return table.ok() ? Error{} : table.error();
}

// The table without what names the folder.
std::string rows_of(const TamperedCheckpoint& checkpoint) {
  auto table = sweep(checkpoint);
  EXPECT_TRUE(table.ok()) << table.error().message();
  if (!table.ok()) return "";
  table->run = {};
  table->model = {};
  table->notes.clear();
  return *render(*table, "json");
}

TEST(WeightFault, NotANumber) {
  for (float value : {NAN, INFINITY, -INFINITY}) {
    TamperedCheckpoint checkpoint;
    checkpoint.tensors[inner].set(7, value);
    checkpoint.tensors[inner].set(9, value);
    test::expect_error(error_of(checkpoint), Code::bad_input,
                       {"model.safetensors", inner, "index 7", "2 non-finite", "--allow-nonfinite",
                        std::isnan(value) ? "NaN" : "infinity"});
  }
}

TEST(WeightFault, NotANumberInARowThatNobodyUsesIsStillFound) {
  TamperedCheckpoint checkpoint;
  StoredTensor& words = checkpoint.tensors["bert.embeddings.word_embeddings.weight"];
  words.set(words.floats() - 1, NAN);
  test::expect_error(error_of(checkpoint), Code::bad_input, {"word_embeddings", "NaN"});
}

TEST(WeightFault, NonFiniteMayBeAccepted) {
  TamperedCheckpoint checkpoint;
  checkpoint.tensors[inner].set(7, NAN);
  checkpoint.save_tensors();
  auto table = sweep(checkpoint, {.allow_nonfinite = true});
  ASSERT_TRUE(table.ok()) << table.error().message();
  EXPECT_TRUE(std::isnan(table->rows()[0].values("best_z").back()));
  EXPECT_FALSE(std::isnan(table->rows()[0].values("best_z").front()));
  EXPECT_FALSE(table->notes.empty());
}

TEST(WeightFault, FiniteWeightsThatOverflow) {
  TamperedCheckpoint checkpoint;
  StoredTensor& weight = checkpoint.tensors["bert.encoder.layer.1.output.dense.weight"];
  for (std::size_t i = 0; i < weight.floats(); ++i) weight.set(i, 3e38f);
  test::expect_error(error_of(checkpoint), Code::bad_input, {"layer 2", "overflows", "position"});
}

TEST(WeightFault, WrongShapeNamesBoth) {
  TamperedCheckpoint checkpoint;
  checkpoint.tensors[inner].shape = {36, 96};
  test::expect_error(error_of(checkpoint), Code::bad_input, {inner, "[36, 96]", "[96, 36]", "config.json"});
}

TEST(WeightFault, MissingTensorsAreCountedAndNamed) {
  TamperedCheckpoint checkpoint;
  std::erase_if(checkpoint.tensors,
                [](const auto& entry) { return entry.first.find("layer.1.attention") != std::string::npos; });
  const Error error = error_of(checkpoint);
  test::expect_error(error, Code::bad_input,
                     {"10 missing", "bert.encoder.layer.1.attention.self.query.weight", "5 more"});
  EXPECT_NE(error.message(true).find("layer.1.attention.output.LayerNorm.bias"), std::string::npos);
}

TEST(WeightFault, MisspelledTensorIsFoundByItsNearestName) {
  TamperedCheckpoint checkpoint;
  auto node = checkpoint.tensors.extract(inner);
  node.key() = "bert.encoder.layer.2.intermediate.dense.wieght";
  checkpoint.tensors.insert(std::move(node));
  test::expect_error(error_of(checkpoint), Code::bad_input, {"1 missing", inner, "nearest", "wieght"});
}

TEST(WeightFault, NoHead) {
  TamperedCheckpoint checkpoint;
  std::erase_if(checkpoint.tensors, [](const auto& entry) { return entry.first.starts_with("cls."); });
  test::expect_error(error_of(checkpoint), Code::bad_input, {"no LM head", "BertForMaskedLM"});
}

TEST(WeightFault, IntegersInATensorOfUse) {
  TamperedCheckpoint checkpoint;
  checkpoint.tensors[inner].dtype = "I32";
  test::expect_error(error_of(checkpoint), Code::bad_input, {inner, "I32", "F32, F16, BF16 or F64"});
}

TEST(WeightFault, UntiedDecoderIsRequired) {
  TamperedCheckpoint checkpoint("bert-relu-untied");
  checkpoint.tensors.erase("cls.predictions.decoder.weight");
  test::expect_error(error_of(checkpoint), Code::bad_input, {"1 missing", "cls.predictions.decoder.weight"});
}

// --- the same model, spelled differently, gives the same table ---

using Change = std::function<void(TamperedCheckpoint&)>;

std::string replaced(std::string text_in, const std::string& from, const std::string& to) {
  if (const auto at = text_in.find(from); at != std::string::npos) text_in.replace(at, from.size(), to);
  return text_in;
}

StoredTensor of(std::string dtype, std::vector<std::size_t> shape, std::size_t bytes) {
  return {std::move(dtype), std::move(shape), std::vector<std::byte>(bytes, std::byte{0x7f})};
}

struct Spelling {
  std::string name;
  Change change;
};

class Spelled : public testing::TestWithParam<Spelling> {};

TEST_P(Spelled, GivesTheSameTable) {
  const TamperedCheckpoint plain;
  TamperedCheckpoint checkpoint;
  GetParam().change(checkpoint);
  checkpoint.save_tensors();
  checkpoint.save_config();
  EXPECT_EQ(rows_of(checkpoint), rows_of(plain));
}

INSTANTIATE_TEST_SUITE_P(
    Rows, Spelled,
    testing::Values(Spelling{"without_base_prefix",
                             [](auto& c) {
                               c.rename_tensors(
                                   [](std::string n) { return n.starts_with("bert.") ? n.substr(5) : n; });
                             }},
                    Spelling{"data_parallel_prefix",
                             [](auto& c) { c.rename_tensors([](std::string n) { return "module." + n; }); }},
                    Spelling{"gamma_and_beta",
                             [](auto& c) {
                               c.rename_tensors([](std::string n) {
                                 return replaced(replaced(n, "LayerNorm.weight", "LayerNorm.gamma"),
                                                 "LayerNorm.bias", "LayerNorm.beta");
                               });
                             }},
                    Spelling{"explicit_decoder",
                             [](auto& c) {
                               c.tensors["cls.predictions.decoder.weight"] =
                                   c.tensors["bert.embeddings.word_embeddings.weight"];
                               c.tensors["cls.predictions.decoder.bias"] = c.tensors["cls.predictions.bias"];
                             }},
                    Spelling{"bias_under_its_other_name",
                             [](auto& c) {
                               c.rename_tensors([](std::string n) {
                                 return n == "cls.predictions.bias" ? "cls.predictions.decoder.bias" : n;
                               });
                             }},
                    Spelling{"leftovers_of_any_type_and_shape",
                             [](auto& c) {
                               c.tensors["bert.embeddings.position_ids"] = of("I64", {1, 160}, 1280);
                               c.tensors["bert.pooler.dense.weight"] = of("F8_E4M3", {3, 5}, 15);
                               c.tensors["bert.pooler.dense.bias"] = of("F32", {2}, 8);  // of NaN
                               c.tensors["cls.seq_relationship.weight"] = of("I8", {7}, 7);
                               c.tensors["cls.seq_relationship.bias"] = of("BOOL", {}, 1);
                             }},
                    Spelling{"tied_by_default", [](auto& c) { c.config.erase("tie_word_embeddings"); }},
                    Spelling{"untied_with_the_same_decoder",
                             [](auto& c) {
                               c.config["tie_word_embeddings"] = false;
                               c.tensors["cls.predictions.decoder.weight"] =
                                   c.tensors["bert.embeddings.word_embeddings.weight"];
                             }},
                    Spelling{"float64", [](auto& c) { c.widen_tensors(); }},
                    Spelling{"vocab_txt_only", [](auto& c) { c.remove("tokenizer.json"); }},
                    Spelling{"tokenizer_json_only",
                             [](auto& c) {
                               c.remove("vocab.txt");
                               c.remove("tokenizer_config.json");
                             }}),
    [](const auto& one) { return one.param.name; });

TEST(Weights, StoredDecoderThatDiffersFromATiedOneIsSaid) {
  TamperedCheckpoint checkpoint;
  StoredTensor decoder = checkpoint.tensors["bert.embeddings.word_embeddings.weight"];
  decoder.set(0, 42);
  checkpoint.tensors["cls.predictions.decoder.weight"] = decoder;
  checkpoint.save_tensors();
  auto table = sweep(checkpoint);
  ASSERT_TRUE(table.ok());
  const bool said = std::ranges::any_of(table->notes, [](const std::string& note) {
    return note.find("cls.predictions.decoder.weight differs") != std::string::npos;
  });
  EXPECT_TRUE(said);
}

// bfloat16 and float16 keep values that they can hold: rounded there first, the table is the same.
TEST(Weights, HalfTypesAreConverted) {
  const auto halve = [](TamperedCheckpoint& checkpoint, bool bfloat, bool store) {
    for (auto& [name, tensor] : checkpoint.tensors) {
      StoredTensor half = of(bfloat ? "BF16" : "F16", tensor.shape, tensor.floats() * 2);
      for (std::size_t i = 0; i < tensor.floats(); ++i) {
        std::uint16_t bits;
        float rounded;
        if (bfloat) {
          bits = static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(tensor.get(i)) >> 16);
          rounded = std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
        } else {
          const auto value = static_cast<_Float16>(tensor.get(i));
          bits = std::bit_cast<std::uint16_t>(value);
          rounded = static_cast<float>(value);
        }
        std::memcpy(half.bytes.data() + 2 * i, &bits, 2);
        tensor.set(i, rounded);
      }
      if (store) tensor = half;
    }
    checkpoint.save_tensors();
  };
  for (bool bfloat : {true, false}) {
    TamperedCheckpoint rounded, stored;
    halve(rounded, bfloat, false);
    halve(stored, bfloat, true);
    EXPECT_EQ(rows_of(stored), rows_of(rounded));
    auto table = sweep(stored);
    ASSERT_TRUE(table.ok());
    EXPECT_TRUE(std::ranges::any_of(table->notes, [&](const std::string& note) {
      return note.find(bfloat ? "BF16" : "F16") != std::string::npos;
    }));
  }
}

}  // namespace
}  // namespace logitlens
