// Overlapping windows over a text that is longer than the model takes: what each holds, and where a position
// is read.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "logitlens/status.h"
#include "logitlens/table.h"

namespace logitlens {

// Every window is the special tokens that open the text, a slice of its own tokens, and the special tokens
// that close it, `length` in all. A text that fits is one window.
struct Windows {
  std::size_t tokens = 0;                // N, of the whole text with its special ones
  std::size_t length = 0;                // T, of every window
  std::size_t opening = 0, closing = 0;  // special tokens at its ends
  std::size_t stride = 0;  // between windows, but the last, which ends with the text; 0 for one window
  std::vector<std::size_t> starts = {};  // position of each window's first token of the text, ascending
  bool only_before_counts = false;       // context is what stands before a position: for decoders

  std::size_t count() const { return starts.size(); }
  std::size_t room() const { return length - opening - closing; }  // for tokens of the text

  // Position in the text of a window's `place` (0 <= place < length), and back; nothing if it is not in the
  // window.
  std::size_t position(std::size_t window, std::size_t place) const;
  std::optional<std::size_t> place(std::size_t window, std::size_t position) const;

  // The window in which `positions` (at least one) see most: where the smallest context of any of them is
  // largest, the context of one being the smaller of its numbers of neighbours on either side; the earlier of
  // equal ones. Special tokens are in every window; alone, the opening ones are read in the first and the
  // closing ones in the last. Nothing if no window holds them all.
  std::optional<std::size_t> best_for(std::span<const int> positions) const;
};

// One window for all tokens.
Windows one_window(const std::vector<Token>& tokens);

// Windows of `length` tokens, `stride` tokens of the text apart; 0: half of a window's own, rounded up.
// Errors: bad_input for a model without room for more than its special tokens; usage for a stride beyond a
// window's room.
Result<Windows> cut_windows(const std::vector<Token>& tokens, std::size_t length, std::size_t stride);

}  // namespace logitlens
