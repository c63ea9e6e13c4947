// The machine's float32 GEMM peak, measured on request in the same run as everything else (bench/compare): 2048 rows and
// weights of 768 x 3072, each thread its own share of the rows; the faster of oneDNN's product and ours, which takes the
// rows in tiles as the engine does.
//
//   logitlens_gemm_peak THREADS    requests on standard input as in bench/peers/common.py: {"do": "run", "times": 3}
#include <algorithm>
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
#include "onednn_product.h"
#include "packed_product.h"

namespace {

using logitlens::bench::BestOneDnnProduct;
using logitlens::bench::PackedProduct;
using nlohmann::json;
using Clock = std::chrono::steady_clock;

constexpr std::size_t rows = 2048, in = 768, out = 3072, tile_rows = 128;
constexpr int products_of_a_run = 12;  // twice some 0.4 s on two cores

// Seconds of as many products of each share as a run has, a thread a share.
template <class Product>
double seconds_of(std::vector<std::unique_ptr<Product>>& shares, std::size_t times) {
  const auto begin = Clock::now();
  std::vector<std::thread> team;
  for (auto& share : shares)
    team.emplace_back([&share, times] {
      for (std::size_t i = 0; i < times; ++i) share->run();
    });
  for (std::thread& thread : team) thread.join();
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

template <class Product>
std::vector<std::unique_ptr<Product>> shares_of(std::size_t threads, std::size_t share_rows) {
  std::vector<std::unique_ptr<Product>> shares;
  for (std::size_t i = 0; i < threads; ++i) shares.push_back(std::make_unique<Product>(share_rows, in, out));
  return shares;
}

}  // namespace

int main(int argc, char** argv) {
  const int count = argc > 1 ? std::atoi(argv[1]) : 0;
  if (count < 1) {
    std::fprintf(stderr, "usage: logitlens_gemm_peak THREADS < requests\n");
    return 2;
  }
  if (!logitlens::select_isa().ok()) return 2;
  const auto threads = static_cast<std::size_t>(count);
  const std::size_t tiles = std::max<std::size_t>(1, rows / threads / tile_rows);  // of a thread
  auto library = shares_of<BestOneDnnProduct>(threads, tiles * tile_rows);
  auto ours = shares_of<PackedProduct>(threads, tile_rows);
  const double operations = products_of_a_run * static_cast<double>(threads) * library.front()->operations();
  for (std::string line; std::getline(std::cin, line);) {
    const json request = json::parse(line);
    json reply = {{"operations", operations}, {"seconds", json::array()}};
    if (request.at("do") == "run")
      for (int i = 0; i < request.at("times").get<int>(); ++i)
        reply["seconds"].push_back(
            std::min(seconds_of(library, products_of_a_run), seconds_of(ours, tiles * products_of_a_run)));
    std::cout << reply.dump() << std::endl;
  }
  return 0;
}
