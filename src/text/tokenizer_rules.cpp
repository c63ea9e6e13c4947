#include "text/tokenizer_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace logitlens {

namespace {

using Names = std::array<std::string_view, roles.size()>;

// In the order of Role: mask, unknown, cls, sep, pad, bos, eos.
constexpr Names bracketed = {"[MASK]", "[UNK]", "[CLS]", "[SEP]", "[PAD]", "", ""};
constexpr Names angled = {"<mask>", "<unk>", "<s>", "</s>", "<pad>", "<s>", "</s>"};
constexpr Names mpnet_names = {"<mask>", "[UNK]", "<s>", "</s>", "<pad>", "<s>", "</s>"};
constexpr Names esm_names = {"<mask>", "<unk>", "<cls>", "<eos>", "<pad>", "", "<eos>"};
constexpr Names albert_names = {"[MASK]", "<unk>", "[CLS]", "[SEP]", "<pad>", "[CLS]", "[SEP]"};
constexpr Names deberta_names = {"[MASK]", "[UNK]", "[CLS]", "[SEP]", "[PAD]", "[CLS]", "[SEP]"};
constexpr Names end_of_text = {"", "<|endoftext|>", "", "", "", "<|endoftext|>", "<|endoftext|>"};

constexpr AroundText nothing;
constexpr AroundText two_types = {"cls A sep", "cls A sep B:1 sep:1"};
constexpr AroundText one_type = {"cls A sep", "cls A sep B sep"};
constexpr AroundText two_ends = {"cls A sep", "cls A sep sep B sep"};

constexpr FirstPiece xlm_pieces[] = {{Role::bos, ""}, {Role::pad, ""}, {Role::eos, ""}, {Role::unknown, ""}};
constexpr FirstPiece camembert_pieces[] = {{{}, "<s>NOTUSED"},
                                           {Role::pad, ""},
                                           {{}, "</s>NOTUSED"},
                                           {Role::unknown, ""},
                                           {{}, "<unk>NOTUSED", -100}};

template <std::size_t n>
using Keys = std::array<std::string_view, n>;
constexpr Keys<7> bert_classes = {"Bert",     "ConvBert",   "DistilBert", "Electra",
                                  "LayoutLM", "MobileBert", "SqueezeBert"};
constexpr Keys<7> bert_types = {"bert",     "convbert",   "distilbert", "electra",
                                "layoutlm", "mobilebert", "squeezebert"};
constexpr Keys<1> mpnet_class = {"MPNet"}, mpnet_type = {"mpnet"};
constexpr Keys<1> esm_class = {"Esm"}, esm_type = {"esm"};
constexpr Keys<1> roberta_class = {"Roberta"}, roberta_type = {"roberta"};
constexpr Keys<1> deberta_class = {"Deberta"}, deberta_type = {"deberta"};
constexpr Keys<1> modernbert_class = {"ModernBert"}, modernbert_type = {"modernbert"};
constexpr Keys<1> gpt2_class = {"GPT2"}, neox_class = {"GPTNeoX"}, qwen_class = {"Qwen2"};
// Those of these families that need more name their class, which comes first.
constexpr Keys<5> gpt2_types = {"gpt2", "gpt_neox", "llama", "qwen2", "qwen3"};
constexpr Keys<1> albert_class = {"Albert"}, albert_type = {"albert"};
constexpr Keys<1> xlm_class = {"XLMRoberta"}, xlm_type = {"xlm-roberta"};
constexpr Keys<1> camembert_class = {"Camembert"}, camembert_type = {"camembert"};
constexpr Keys<1> deberta_v2_class = {"DebertaV2"}, deberta_v2_type = {"deberta-v2"};

// The first rule of a kind is its usual one.
constexpr TokenizerRule table[] = {
    {.classes = bert_classes,
     .model_types = bert_types,
     .around = two_types,
     .names = bracketed,
     .vocabulary = VocabularyKind::wordpiece,
     .form = TextForm::bert,
     .lower_case = true},
    {.classes = mpnet_class,
     .model_types = mpnet_type,
     .around = two_ends,
     .names = mpnet_names,
     .vocabulary = VocabularyKind::wordpiece,
     .form = TextForm::bert,
     .mask_takes_space = true,
     .trims_offsets = true,
     .lower_case = true},
    {.classes = esm_class,
     .model_types = esm_type,
     .around = one_type,
     .names = esm_names,
     .vocabulary = VocabularyKind::word_list},
    {.classes = gpt2_class,
     .model_types = gpt2_types,
     .around = nothing,
     .names = end_of_text,
     .vocabulary = VocabularyKind::byte_level},
    {.classes = neox_class,
     .model_types = {},
     .around = nothing,
     .names = end_of_text,
     .vocabulary = VocabularyKind::byte_level,
     .form = TextForm::composed},
    {.classes = qwen_class,
     .model_types = {},
     .around = nothing,
     .names = end_of_text,
     .vocabulary = VocabularyKind::byte_level,
     .form = TextForm::composed,
     .words = WordPattern::qwen},
    {.classes = roberta_class,
     .model_types = roberta_type,
     .around = two_ends,
     .names = angled,
     .vocabulary = VocabularyKind::byte_level,
     .mask_takes_space = true,
     .trims_offsets = true},
    {.classes = deberta_class,
     .model_types = deberta_type,
     .around = two_ends,
     .names = deberta_names,
     .vocabulary = VocabularyKind::byte_level,
     .mask_takes_space = true},
    {.classes = modernbert_class,
     .model_types = modernbert_type,
     .around = two_types,
     .names = bracketed,
     .vocabulary = VocabularyKind::byte_level,
     .mask_takes_space = true},
    {.classes = xlm_class,
     .model_types = xlm_type,
     .first_pieces = xlm_pieces,
     .skipped_pieces = 3,
     .around = two_ends,
     .names = angled,
     .vocabulary = VocabularyKind::sentencepiece,
     .form = TextForm::character_map,
     .mask_takes_space = true,
     .mask_closes = true},
    {.classes = camembert_class,
     .model_types = camembert_type,
     .first_pieces = camembert_pieces,
     .skipped_pieces = 1,
     .around = two_ends,
     .names = angled,
     .vocabulary = VocabularyKind::sentencepiece,
     .form = TextForm::character_map,
     .mask_takes_space = true,
     .mask_closes = true},
    {.classes = albert_class,
     .model_types = albert_type,
     .around = two_types,
     .names = albert_names,
     .vocabulary = VocabularyKind::sentencepiece,
     .form = TextForm::albert,
     .mask_takes_space = true,
     .lower_case = true},
    {.classes = deberta_v2_class,
     .model_types = deberta_v2_type,
     .around = two_types,
     .names = deberta_names,
     .vocabulary = VocabularyKind::sentencepiece,
     .form = TextForm::deberta,
     .mask_follows = true},
};

std::string_view stem_of(std::string_view tokenizer_class) {
  return tokenizer_class.substr(0, tokenizer_class.find("Tokenizer"));
}

const TokenizerRule* find_rule(std::span<const std::string_view> TokenizerRule::* keys,
                               std::string_view key) {
  const auto has_key = [&](const TokenizerRule& rule) { return std::ranges::count(rule.*keys, key) > 0; };
  const auto* found = std::ranges::find_if(table, has_key);
  return found == std::end(table) ? nullptr : found;
}

}  // namespace

const TokenizerRule* rule_of_class(std::string_view tokenizer_class) {
  return find_rule(&TokenizerRule::classes, stem_of(tokenizer_class));
}

bool is_generic_class(std::string_view tokenizer_class) {
  return tokenizer_class.empty() || tokenizer_class == "TokenizersBackend" ||
         stem_of(tokenizer_class) == "PreTrained";
}

const TokenizerRule* rule_of_model_type(std::string_view model_type) {
  return find_rule(&TokenizerRule::model_types, model_type);
}

const TokenizerRule& usual_rule(VocabularyKind kind) {
  return *std::ranges::find(table, kind, &TokenizerRule::vocabulary);
}

std::string known_classes() {
  std::vector<std::string_view> names;
  for (const TokenizerRule& rule : table) names.insert(names.end(), rule.classes.begin(), rule.classes.end());
  std::ranges::sort(names);
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace logitlens
