#include "progress.h"

#include <fmt/core.h>
#include <unistd.h>

#include <cstdio>

namespace logitlens {

ProgressLine::ProgressLine(bool wanted) : wanted_(wanted && isatty(STDERR_FILENO) == 1) {}

ProgressLine::~ProgressLine() {
  if (shown_) fmt::print(stderr, "\r\033[K");
}

void ProgressLine::show(std::size_t done, std::size_t total) {
  if (!wanted_ || std::chrono::steady_clock::now() - begin_ < std::chrono::seconds(1)) return;
  fmt::print(stderr, "\r\033[K{} of {} masked texts", done, total);
  std::fflush(stderr);
  shown_ = true;
}

}  // namespace logitlens
