// How far a sweep is: one line on standard error, only on a terminal, only past a second, gone at the end.
#pragma once

#include <chrono>
#include <cstddef>

namespace logitlens {

class ProgressLine {
 public:
  explicit ProgressLine(bool wanted);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void show(std::size_t done, std::size_t total);

 private:
  const bool wanted_;
  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  bool shown_ = false;
};

}  // namespace logitlens
