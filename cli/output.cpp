#include "output.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "options.h"

namespace logitlens {
namespace {

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// What the terminal says it can show; nothing for one that says nothing.
Color advertised_color() {
  const std::string_view depth = environment("COLORTERM"), terminal = environment("TERM");
  if (depth == "truecolor" || depth == "24bit" || terminal.ends_with("-direct")) return Color::truecolor;
  if (terminal.find("256color") != std::string_view::npos) return Color::ansi256;
  return Color::none;
}

}  // namespace

Status print(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(STDOUT_FILENO, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno == EPIPE) return ok_status();
    if (written < 0) return Error{Code::io, "standard output", "", std::strerror(errno), "", "", {}};
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return ok_status();
}

void print_notes(const std::vector<std::string>& notes) {
  for (const std::string& note : notes) std::fprintf(stderr, "note: %s\n", printable(note).c_str());
}

Result<Color> choose_color(std::string_view mode) {
  const Color advertised = advertised_color();
  if (mode == "never") return Color::none;
  if (mode == "always") return advertised == Color::none ? Color::ansi256 : advertised;
  if (mode != "auto") return usage_error("--color", std::string(mode), "auto, always or never");
  const bool wanted = environment("NO_COLOR").empty() && environment("TERM") != "dumb";
  return wanted && isatty(STDOUT_FILENO) ? advertised : Color::none;
}

int terminal_width() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  const std::string_view columns = environment("COLUMNS");
  int width = 0;
  const auto [end, error] = std::from_chars(columns.data(), columns.data() + columns.size(), width);
  const bool whole = error == std::errc() && end == columns.data() + columns.size();
  return whole && width > 0 && width <= 10000 ? width : 0;
}

}  // namespace logitlens
