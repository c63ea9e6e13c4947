#include "signals.h"

#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstring>

#include "logitlens/signals.h"
#include "logitlens/status.h"

// Handlers interrupt whatever is being done, on any thread: they call what is async-signal-safe and nothing else.
namespace logitlens {
namespace {

// True for the first thread that comes here; the process is ending.
bool is_first_to_end() {
  static std::atomic_flag ending = ATOMIC_FLAG_INIT;
  return !ending.test_and_set();
}

void say(const char* text) {
  std::size_t left = std::strlen(text);
  while (left > 0) {
    const ssize_t written = write(STDERR_FILENO, text, left);
    if (written <= 0) return;
    text += written;
    left -= static_cast<std::size_t>(written);
  }
}

[[noreturn]] void end(int code) {
  remove_unfinished_files();
  _exit(code);
}

void on_interrupt(int signal) {
  if (is_first_to_end()) end(128 + signal);
}

void on_bus_error(int signal, siginfo_t* info, void*) {
  const char* file = mapped_file_at(info->si_addr);
  if (file == nullptr) {  // a bug: the access is repeated, and the signal does what it does
    std::signal(signal, SIG_DFL);
    return;
  }
  while (!is_first_to_end()) pause();
  say("error: ");
  say(file);
  say(": found a part that can no longer be read, expected the file as it was when it was opened. It was "
      "truncated, or "
      "its disk fails: try again when it is complete\n");
  end(static_cast<int>(Code::io));
}

void handle(int signal, void (*handler)(int)) {
  struct sigaction action = {};
  if (sigaction(signal, nullptr, &action) != 0 || action.sa_handler == SIG_IGN) return;
  action = {};
  action.sa_handler = handler;
  sigfillset(&action.sa_mask);
  sigaction(signal, &action, nullptr);
}

}  // namespace

void install_signal_handlers() {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) handle(signal, on_interrupt);
  struct sigaction action = {};
  action.sa_sigaction = on_bus_error;
  action.sa_flags = SA_SIGINFO;
  sigemptyset(&action.sa_mask);
  sigaction(SIGBUS, &action, nullptr);
}

}  // namespace logitlens
