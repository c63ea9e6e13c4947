#include "output.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
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

// Whoever reads standard output may have set it not to block.
void wait_for_room() {
  pollfd output{.fd = STDOUT_FILENO, .events = POLLOUT, .revents = 0};
  poll(&output, 1, -1);
}

Error unwritable_output() {
  const bool is_full = errno == ENOSPC || errno == EDQUOT || errno == EFBIG;
  return {.code = Code::io,
          .file = "standard output",
          .field = "",
          .found = std::strerror(errno),
          .expected = is_full ? "room for the output" : "a place that can be written to",
          .remedy = is_full ? "Free some space, or send it elsewhere" : "Send it elsewhere",
          .names = {}};
}

}  // namespace

Status hand_over(const LensTable& table, const OutputRequest& request) {
  std::vector<std::string> notes = table.notes;
  RenderOptions options{
      .width = terminal_width(), .color = request.color, .figure = request.figure, .note = {}};
  options.note = [&notes](const std::string& note) {
    if (std::find(notes.begin(), notes.end(), note) == notes.end()) notes.push_back(note);
  };
  for (const std::string& file : request.files) LL_TRY(save(table, file, request.force, options));
  if (request.files.empty() || !request.format.empty()) {
    LL_ASSIGN(const std::string document,
              render(table, request.format.empty() ? "text" : request.format, options));
    LL_TRY(print(document));
  }
  if (!request.quiet) print_notes(notes);
  return ok_status();
}

Status print(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(STDOUT_FILENO, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno == EPIPE) return ok_status();
    if (written < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      wait_for_room();
      continue;
    }
    if (written < 0) return unwritable_output();
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
