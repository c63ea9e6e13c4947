// What was found, over several rows of a table or all of them, from its JSON: words masked as a whole, the
// pseudo-log-likelihood, and when kinds of words settle.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "analysis/layer_outputs.h"
#include "render/read_parts.h"

namespace logitlens {
namespace {

std::size_t outputs_of(const LensTable& table) {
  std::size_t outputs = 0;
  for (std::size_t i = 0; i < table.layers.size(); ++i)
    if (is_layer_output(table, i)) ++outputs;
  return outputs;
}

Status check_size(const JsonFields& fields, std::string_view key, std::size_t found, std::size_t expected) {
  if (found == expected) return ok_status();
  return fields.error(key, fmt::format("a list of {}", found), fmt::format("{}", expected));
}

// Its pieces, at least one, each a row of the table.
Status read_pieces(JsonFields& fields, const LensTable& table, Word& word) {
  LL_ASSIGN(word.positions, fields.integers("positions", static_cast<int>(table.tokens.size()) - 1));
  if (word.positions.empty()) return fields.error("positions", "an empty list", "at least one position");
  for (std::size_t i = 0; i < word.positions.size(); ++i) {
    if (std::ranges::find(table.rows(), word.positions[i], &Row::position) != table.rows().end()) continue;
    return fields.error(fmt::format("positions[{}]", i), fmt::format("{}", word.positions[i]),
                        "the position of a row");
  }
  return ok_status();
}

Result<Word> read_word(JsonFields fields, const LensTable& table) {
  Word word;
  LL_ASSIGN(word.text, fields.text("text"));
  LL_ASSIGN(word.part, fields.number_from_0("part", table.text_second ? 1 : 0));
  const auto bytes = static_cast<std::int64_t>(table.text_of(word.part).size());
  LL_ASSIGN(const std::int64_t end, fields.integer("end", 0, bytes));
  LL_ASSIGN(const std::int64_t start, fields.integer("start", 0, end));
  word.start = static_cast<std::size_t>(start);
  word.end = static_cast<std::size_t>(end);
  LL_TRY(read_pieces(fields, table, word));
  const std::size_t layers = table.layers.size();
  LL_ASSIGN(word.target_logprob, fields.numbers("target_logprob", layers));
  LL_ASSIGN(word.best_is_target, fields.flags("best_is_target"));
  LL_TRY(check_size(fields, "best_is_target", word.best_is_target.size(), layers));
  LL_ASSIGN(word.best, fields.texts("best"));
  LL_TRY(check_size(fields, "best", word.best.size(), layers));
  LL_ASSIGN(word.target_stable, read_layer(fields, "target_stable", table));
  fields.finish();
  return word;
}

// Every row settles at one of the layers, or never.
Result<ClassDistribution> read_distribution(JsonFields fields, const LensTable& table) {
  ClassDistribution one;
  LL_ASSIGN(one.name, fields.text("name"));
  LL_ASSIGN(one.rows, fields.number_from_0("rows", static_cast<int>(table.rows().size())));
  LL_ASSIGN(one.settled, fields.integers("settled", one.rows));
  LL_TRY(check_size(fields, "settled", one.settled.size(), outputs_of(table)));
  LL_ASSIGN(one.never, fields.number_from_0("never", one.rows));
  const auto counted =
      std::accumulate(one.settled.begin(), one.settled.end(), static_cast<std::int64_t>(one.never));
  if (counted != one.rows)
    return fields.error("rows", fmt::format("{}", one.rows),
                        fmt::format("{}, as many as settle or never do", counted));
  if (fields.is_null("median")) {
    fields.skip("median");
  } else {
    LL_ASSIGN(one.median, fields.number("median"));
  }
  fields.finish();
  return one;
}

Result<std::vector<ClassDistribution>> read_distributions(const JsonFields& classes, std::string_view key,
                                                          const Json::Array& list, const LensTable& table) {
  std::vector<ClassDistribution> all;
  for (const Json& value : list) {
    LL_ASSIGN(JsonFields fields, classes.element(key, all.size(), value));
    LL_ASSIGN(ClassDistribution one, read_distribution(std::move(fields), table));
    all.push_back(std::move(one));
  }
  return all;
}

Result<ClassTest> read_class_test(JsonFields& classes, std::string_view key, const LensTable& table) {
  LL_ASSIGN(JsonFields fields, classes.object(key));
  const int rows = static_cast<int>(table.rows().size());
  ClassTest test;
  LL_ASSIGN(test.grammar, fields.number_from_0("grammar", rows));
  LL_ASSIGN(test.content, fields.number_from_0("content", rows));
  LL_ASSIGN(test.u, fields.number("u"));
  LL_ASSIGN(test.p, fields.number("p"));
  LL_ASSIGN(const std::string method, fields.text("method"));
  if (method != "exact" && method != "normal") return fields.error("method", method, "exact or normal");
  test.exact = method == "exact";
  fields.finish();
  return test;
}

// The class of every row: null for what is no word.
Result<std::vector<std::string>> read_classes_of_rows(JsonFields& classes, const LensTable& table) {
  LL_ASSIGN(const Json::Array* list, classes.list_of("of_rows", table.rows().size()));
  std::vector<std::string> names;
  for (const Json& value : *list) {
    const auto* name = value.get<std::string>();
    if (!value.is_null() && (name == nullptr || name->empty()))
      return classes.error(fmt::format("of_rows[{}]", names.size()), value.describe(), "a class, or null");
    names.push_back(name != nullptr ? *name : "");
  }
  return names;
}

Result<ClassFindings> read_classes(JsonFields fields, const LensTable& table) {
  ClassFindings classes;
  LL_ASSIGN(classes.word_list, fields.text("word_list"));
  LL_ASSIGN(const std::string definition, fields.text("definition"));
  if (definition != "target_stable") return fields.error("definition", definition, "target_stable");
  LL_ASSIGN(const Json::Array* groups, fields.list_of("groups", 2));
  LL_ASSIGN(std::vector<ClassDistribution> both, read_distributions(fields, "groups", *groups, table));
  classes.grammar = std::move(both[0]);
  classes.content = std::move(both[1]);
  LL_ASSIGN(const Json::Array* by_class, fields.list("by_class"));
  LL_ASSIGN(classes.by_class, read_distributions(fields, "by_class", *by_class, table));
  LL_ASSIGN(classes.of_rows, read_classes_of_rows(fields, table));
  LL_ASSIGN(classes.all, read_class_test(fields, "mann_whitney", table));
  LL_ASSIGN(classes.settled, read_class_test(fields, "mann_whitney_settled", table));
  fields.finish();
  return classes;
}

Status read_likelihood(JsonFields& fields, const LensTable& table, Findings& findings) {
  const char* const total = "pseudo_log_likelihood";
  const char* const per_layer = "pseudo_log_likelihood_per_layer";
  if (fields.is_null(total)) {
    if (!fields.is_null(per_layer)) return fields.error(per_layer, "a value", "null, as the total is");
    fields.skip(total);
    fields.skip(per_layer);
    return ok_status();
  }
  LL_ASSIGN(findings.pseudo_log_likelihood, fields.number(total));
  LL_ASSIGN(findings.pseudo_log_likelihood_per_layer, fields.numbers(per_layer, outputs_of(table)));
  return ok_status();
}

}  // namespace

Status read_words(JsonFields& document, LensTable& table) {
  if (table.run.mask != "words") return ok_status();
  LL_ASSIGN(const Json::Array* words, document.list("words"));
  for (const Json& value : *words) {
    LL_ASSIGN(JsonFields fields, document.element("words", table.words.size(), value));
    LL_ASSIGN(Word word, read_word(std::move(fields), table));
    table.words.push_back(std::move(word));
  }
  return ok_status();
}

Status read_findings(JsonFields& document, LensTable& table) {
  LL_ASSIGN(JsonFields fields, document.object("findings"));
  LL_TRY(read_likelihood(fields, table, table.findings));
  if (fields.is_null("classes")) {
    fields.skip("classes");
  } else {
    LL_ASSIGN(JsonFields classes, fields.object("classes"));
    LL_ASSIGN(table.findings.classes, read_classes(std::move(classes), table));
  }
  fields.finish();
  return ok_status();
}

}  // namespace logitlens
