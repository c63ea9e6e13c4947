// logitlens inspect: what is in a model, for people and as JSON.
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "command.h"
#include "logitlens/logitlens.h"
#include "options.h"
#include "output.h"

namespace logitlens {
namespace {

struct InspectArguments {
  ModelArguments model;
  std::string format = "text";
  bool quiet = false;
};

constexpr std::size_t kShownTensors = 8;

// "110,104,890"
std::string grouped(std::size_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

std::string megabytes(std::size_t bytes) {
  const std::size_t tenths = (bytes + 50'000) / 100'000;
  return grouped(tenths / 10) + "." + std::to_string(tenths % 10) + " MB";
}

std::string line(const std::string& name, const std::string& value) {
  return "  " + name + std::string(name.size() < 14 ? 14 - name.size() : 1, ' ') + printable(value) + "\n";
}

std::string shape_text(const std::vector<std::size_t>& shape) {
  std::string text;
  for (std::size_t n : shape) text += (text.empty() ? "" : ", ") + std::to_string(n);
  return "[" + text + "]";
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

std::string sizes_text(const ModelDescription& model) {
  const ModelInfo& info = model.info;
  std::string text = printable(info.id) + "\n";
  text += line("family", info.family + ", from " + model.format);
  text += line("layers", std::to_string(info.layers));
  text += line("hidden", std::to_string(info.hidden) + ", " + std::to_string(model.heads) + " heads, inner " +
                             std::to_string(model.inner));
  text += line("vocabulary", std::to_string(info.vocab));
  text += line("positions",
               std::to_string(model.positions) + ", " + std::to_string(model.token_types) + " token types");
  text += line("embeddings", model.embeddings);
  text += line("block", model.block);
  text += line("predicts", model.predicts == "next" ? "the next token" : "the token at its own position");
  text += line("activation", model.activation);
  char eps[32];
  std::snprintf(eps, sizeof eps, "%g", model.layer_norm_eps);
  text += line("norm eps", eps);
  text += line("parameters", grouped(model.parameters));
  text += line("weights", megabytes(model.weight_bytes));
  text += line("memory", "about " + megabytes(model.memory_bytes) + " for a sweep of the longest text");
  text += line("licence", model.licence.empty() ? "not named" : model.licence);
  text += line("sha256", info.sha256.value_or("not known (--hash computes it)"));
  for (const std::string& file : model.files) text += line("file", file);
  return text;
}

std::string head_text(const ModelDescription& model) {
  std::string text = "\nprediction head, step by step";
  text += model.tied_decoder ? " (the decoder is the word embedding matrix)\n" : "\n";
  for (const HeadStep& step : model.head) {
    text += line(step.name, step.shape + (step.tensors.empty() ? "" : "  " + step.tensors));
  }
  return text + line("lenses", listed(model.lenses));
}

std::string tokenizer_text(const ModelDescription& model) {
  std::string text = "\ntokenizer\n" + line("kind", model.tokenizer);
  for (const auto& [token, id] : model.special_tokens) text += line(printable(token), std::to_string(id));
  return text;
}

std::string tensors_text(const ModelDescription& model, bool all) {
  std::string text = "\ntensors (" + std::to_string(model.tensors.size()) + ")\n";
  std::size_t count = 0;
  for (const TensorInfo& tensor : model.tensors) {
    if (!all && count++ == kShownTensors) {
      return text + "  ... " + std::to_string(model.tensors.size() - kShownTensors) +
             " more, with --verbose\n";
    }
    text += "  " + printable(tensor.name) + "  " + printable(tensor.dtype) + " " + shape_text(tensor.shape) +
            "  " + (tensor.use.empty() ? "not used" : printable(tensor.use)) + "\n";
  }
  return text;
}

// JSON is written as text: where memory runs out, nlohmann's own values end the program in their destructors.
using Members = std::vector<std::pair<std::string_view, std::string>>;  // key, value as JSON

std::string json_quoted(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

std::string json_or_null(std::string_view text) { return text.empty() ? "null" : json_quoted(text); }

// What stands between the brackets: `separator` after each comma.
std::string joined(const std::vector<std::string>& items, std::string_view separator) {
  std::string text;
  for (const std::string& item : items) text += (text.empty() ? "" : "," + std::string(separator)) + item;
  return text;
}

std::string members_text(const Members& members, std::string_view separator) {
  std::vector<std::string> items;
  for (const auto& [key, value] : members) items.push_back(json_quoted(key) + ": " + value);
  return joined(items, separator);
}

std::string object(const Members& members) { return "{" + members_text(members, " ") + "}"; }

template <class Items, class Write>
std::string list(const Items& items, const Write& write, std::string_view separator = " ") {
  std::vector<std::string> texts;
  for (const auto& item : items) texts.push_back(write(item));
  return "[" + joined(texts, separator) + "]";
}

std::string number(std::size_t value) { return std::to_string(value); }

std::string describe_as_json(const ModelDescription& model) {
  const ModelInfo& info = model.info;
  const auto whole = [](int value) { return std::to_string(value); };
  const std::string about = object({{"id", json_quoted(info.id)},
                                    {"family", json_quoted(info.family)},
                                    {"layers", whole(info.layers)},
                                    {"hidden", whole(info.hidden)},
                                    {"vocab", whole(info.vocab)},
                                    {"sha256", json_or_null(info.sha256.value_or(""))},
                                    {"source", json_quoted(info.source)}});
  const auto step = [](const HeadStep& one) {
    return object({{"name", json_quoted(one.name)},
                   {"tensors", json_quoted(one.tensors)},
                   {"shape", json_quoted(one.shape)}});
  };
  const auto special = [&](const std::pair<std::string, int>& one) {
    return object({{"token", json_quoted(one.first)}, {"id", whole(one.second)}});
  };
  const auto tensor = [](const TensorInfo& one) {
    return object({{"name", json_quoted(one.name)},
                   {"dtype", json_quoted(one.dtype)},
                   {"shape", list(one.shape, number)},
                   {"use", json_quoted(one.use)}});
  };
  const Members members = {{"schema", json_quoted("logitlens-inspect/1")},
                           {"model", about},
                           {"format", json_quoted(model.format)},
                           {"heads", whole(model.heads)},
                           {"inner", whole(model.inner)},
                           {"positions", whole(model.positions)},
                           {"token_types", whole(model.token_types)},
                           {"embeddings", json_quoted(model.embeddings)},
                           {"block", json_quoted(model.block)},
                           {"predicts", json_quoted(model.predicts)},
                           {"activation", json_quoted(model.activation)},
                           {"layer_norm_eps", nlohmann::json(model.layer_norm_eps).dump()},
                           {"parameters", number(model.parameters)},
                           {"weight_bytes", number(model.weight_bytes)},
                           {"memory_bytes", number(model.memory_bytes)},
                           {"licence", json_or_null(model.licence)},
                           {"files", list(model.files, json_quoted)},
                           {"tied_decoder", model.tied_decoder ? "true" : "false"},
                           {"lenses", list(model.lenses, json_quoted)},
                           {"tokenizer", json_quoted(model.tokenizer)},
                           {"notes", list(model.notes, json_quoted)},
                           {"head", list(model.head, step, "\n   ")},
                           {"special_tokens", list(model.special_tokens, special, "\n   ")},
                           {"tensors", list(model.tensors, tensor, "\n   ")}};
  return "{\n  " + members_text(members, "\n  ") + "\n}\n";
}

Status run_inspect(const InspectArguments& arguments, bool verbose) {
  if (arguments.format != "text" && arguments.format != "json") {
    return usage_error("--format", arguments.format, "text or json");
  }
  LL_ASSIGN(const Model model, Model::open(arguments.model.model, {.hash = arguments.model.hash}));
  LL_ASSIGN(const ModelDescription description, model.describe());
  if (arguments.format == "json") {
    LL_TRY(print(describe_as_json(description)));
  } else {
    LL_TRY(print(sizes_text(description) + head_text(description) + tokenizer_text(description) +
                 tensors_text(description, verbose)));
  }
  if (!arguments.quiet) print_notes(description.notes);
  return ok_status();
}

}  // namespace

Command add_inspect(CLI::App& program) {
  auto arguments = std::make_shared<InspectArguments>();
  CLI::App* app = program.add_subcommand(
      "inspect", "describe a model: sizes, prediction head, tensors, tokenizer, memory");
  add_model_arguments(*app, arguments->model);
  app->add_option("--format", arguments->format, "text or json")->option_text("FORMAT");
  app->add_flag("--quiet", arguments->quiet, "no notes on standard error");
  add_verbose(*app, "list all tensors, and all in errors");
  app->footer(
      "Examples:\n"
      "  logitlens inspect demo\n"
      "  logitlens inspect bert-base --verbose --hash\n"
      "  logitlens inspect demo --format json | jq .head");
  return {app, [arguments, app] { return run_inspect(*arguments, app->count("--verbose") > 0); }};
}

}  // namespace logitlens
