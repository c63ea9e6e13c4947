// Our side of bench/compare: a model opened once, works run on request, by the protocol of bench/peers/common.py.
//
//   logitlens_steady MODEL [THREADS]
//
// A work is {"text", "mask", "positions", "statistics", "precision", "logits"}; the words are those of `logitlens sweep`.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "logitlens/logitlens.h"

namespace {

using logitlens::Error;
using logitlens::LensTable;
using logitlens::Model;
using logitlens::SweepOptions;
using nlohmann::json;

struct Work {
  std::string text;
  SweepOptions options;
};

[[noreturn]] void fail(const Error& error) {
  std::fprintf(stderr, "error: %s\n", error.message().c_str());
  std::exit(1);
}

template <class T>
T value_or_fail(logitlens::Result<T> result) {
  if (!result.ok()) fail(result.error());
  return std::move(*result);
}

Work work_of(const json& request, int threads) {
  Work work{request.at("text"), {}};
  work.options.mask = value_or_fail(logitlens::parse_mask(request.at("mask").get<std::string>()));
  work.options.positions = request.value("positions", std::vector<int>());
  work.options.statistics = request.at("statistics").get<std::vector<std::string>>();
  work.options.logits = value_or_fail(logitlens::parse_logits(request.value("logits", "auto")));
  work.options.precision = value_or_fail(logitlens::parse_precision(request.value("precision", "f32")));
  work.options.threads = threads;
  return work;
}

// Versions, as the table of a short text has them; {"refused": reason} if this build or machine lacks what is asked for.
json prepare(const Model& model, const Work& work) {
  SweepOptions options = work.options;
  options.positions.clear();  // the short text has others
  const logitlens::Result<LensTable> table = model.sweep("a", options);
  if (!table.ok()) {
    if (work.options.precision != logitlens::Precision::f32 ||
        work.options.logits == logitlens::Logits::screened)
      return {{"refused", table.error().message()}};
    fail(table.error());
  }
  const logitlens::RunInfo& run = table->run;
  return {{"versions", {{"logitlens", run.version}, {"isa", run.isa}, {"gemm", run.gemm}}}};
}

// By statistic, [rows][layers].
json answer_of(const LensTable& table, const Work& work) {
  json answer = json::object();
  for (const std::string& name : work.options.statistics)
    for (const logitlens::Row& row : table.rows()) {
      json values = json::array();
      for (double value : row.values(name)) values.push_back(value);  // NaN is written as null
      answer[name].push_back(std::move(values));
    }
  return answer;
}

json tokens_of(const Model& model, const std::string& text) {
  json ids = json::array(), ends = json::array();
  for (const logitlens::Token& token : value_or_fail(model.tokenize(text))) {
    ids.push_back(token.id);
    ends.push_back(token.end);
  }
  return {{"ids", ids}, {"ends", ends}};
}

double seconds_of(const Model& model, const Work& work) {
  const auto begin = std::chrono::steady_clock::now();
  const LensTable table = value_or_fail(model.sweep(work.text, work.options));
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

json seconds_of_runs(const Model& model, const Work& work, int times) {
  json seconds = json::array();
  for (int i = 0; i < times; ++i) seconds.push_back(seconds_of(model, work));
  return seconds;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: logitlens_steady MODEL [THREADS] < requests\n");
    return 2;
  }
  const Model model = value_or_fail(Model::open(argv[1]));
  const int threads = argc > 2 ? std::atoi(argv[2]) : 0;
  Work work;
  for (std::string line; std::getline(std::cin, line);) {
    const json request = json::parse(line);
    const std::string what = request.at("do");
    json reply;
    if (what == "tokenize") {
      reply = tokens_of(model, request.at("text"));
    } else if (what == "prepare") {
      work = work_of(request.at("work"), threads);
      reply = prepare(model, work);
    } else if (what == "answer") {
      reply = answer_of(value_or_fail(model.sweep(work.text, work.options)), work);
    } else if (what == "run") {
      reply = {{"seconds", seconds_of_runs(model, work, request.at("times"))}};
    } else {
      std::fprintf(stderr, "error: no such request: %s\n", line.c_str());
      return 2;
    }
    std::cout << reply.dump() << std::endl;
  }
  return 0;
}
