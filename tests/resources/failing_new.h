// Memory that runs out on demand: operator new and aligned_alloc of the process, of which the n-th call of our own C++ code
// fails, or of oneDNN's. Allocations of the Rust crate and of C libraries are theirs: they are neither counted nor failed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace logitlens::test {

enum class Failing { once, from_then_on };
enum class Whose { ours, onednn };

// Counts from here on; the n-th (1 is the first) fails, or all from the n-th on. 0: none, and `places` gets for each
// allocation a number for the place in our code that it comes from, by the innermost calls of ours.
void start_failing(std::size_t n, Failing how, std::vector<std::uint64_t>* places = nullptr,
                   Whose whose = Whose::ours);
// Counts no more; says how many there were.
std::size_t stop_failing();

}  // namespace logitlens::test
