// For a program's signal handlers. All of this is async-signal-safe: no lock, no memory, errno left as it was.
#pragma once

namespace logitlens {

// The file that is mapped where `address` lies, as errors name it (control characters escaped); nullptr if it is none of
// ours. For a handler of SIGBUS: the page of a file that was truncated, or that its disk no longer gives, cannot be read.
// The name is valid as long as the mapping, so at least until a handler on the thread that read there returns.
const char* mapped_file_at(const void* address) noexcept;

// Removes the files that are being written, which still have temporary names. For a handler that ends the process: what is
// being written meanwhile fails (io).
void remove_unfinished_files() noexcept;

}  // namespace logitlens
