// The machine's float32 GEMM peak, measured on request in the same run as everything else (bench/compare): rows of 2048
// and weights of 768 x 3072, packed, each thread its own share of the rows.
//
//   logitlens_gemm_peak THREADS    requests on standard input as in bench/peers/common.py: {"do": "run", "times": 3}
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "base/cpu.h"
#include "packed_product.h"

namespace {

using logitlens::bench::PackedProduct;
using nlohmann::json;
using Clock = std::chrono::steady_clock;

constexpr std::size_t rows = 2048, in = 768, out = 3072;
constexpr int products_of_a_run = 24;  // some 0.8 s on two cores

// Seconds of products_of_a_run products, their rows shared by the threads.
double seconds_of(std::vector<std::unique_ptr<PackedProduct>>& shares) {
  const auto begin = Clock::now();
  std::vector<std::thread> team;
  for (auto& share : shares)
    team.emplace_back([&share] {
      for (int i = 0; i < products_of_a_run; ++i) share->run();
    });
  for (std::thread& thread : team) thread.join();
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

}  // namespace

int main(int argc, char** argv) {
  const int threads = argc > 1 ? std::atoi(argv[1]) : 0;
  if (threads < 1) {
    std::fprintf(stderr, "usage: logitlens_gemm_peak THREADS < requests\n");
    return 2;
  }
  if (!logitlens::select_isa().ok()) return 2;
  std::vector<std::unique_ptr<PackedProduct>> shares;
  for (int i = 0; i < threads; ++i)
    shares.push_back(std::make_unique<PackedProduct>(rows / static_cast<std::size_t>(threads), in, out));
  for (std::string line; std::getline(std::cin, line);) {
    const json request = json::parse(line);
    json reply = {{"operations", 0.0}, {"seconds", json::array()}};
    for (const auto& share : shares)
      reply["operations"] = reply["operations"].get<double>() + products_of_a_run * share->operations();
    if (request.at("do") == "run")
      for (int i = 0; i < request.at("times").get<int>(); ++i) reply["seconds"].push_back(seconds_of(shares));
    std::cout << reply.dump() << std::endl;
  }
  return 0;
}
