// Signals that end the program: nothing half-written stays behind, and the exit code says which it was.
#pragma once

namespace logitlens {

// SIGINT, SIGTERM and SIGHUP end the program at once with 128 and their number, unless its caller ignores them (nohup). A
// mapped file that can no longer be read, because it was truncated, ends it with an error that names the file (SIGBUS).
void install_signal_handlers();

}  // namespace logitlens
