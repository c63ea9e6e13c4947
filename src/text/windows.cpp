#include "text/windows.h"

#include <fmt/format.h>

#include <algorithm>

#include "text/truncate.h"

namespace logitlens {

std::size_t Windows::position(std::size_t window, std::size_t place) const {
  if (place < opening) return place;
  if (place >= length - closing) return tokens - (length - place);
  return starts[window] + (place - opening);
}

std::optional<std::size_t> Windows::place(std::size_t window, std::size_t position) const {
  if (position < opening) return position;
  if (position >= tokens - closing) return length - (tokens - position);
  const std::size_t start = starts[window];
  if (position < start || position >= start + room()) return std::nullopt;
  return opening + (position - start);
}

std::optional<std::size_t> Windows::best_for(std::span<const int> positions) const {
  std::size_t first = tokens, last = 0;  // of the positions that are not in every window
  bool any_closing = false;
  for (const int signed_position : positions) {
    const auto position = static_cast<std::size_t>(signed_position);
    any_closing = any_closing || position >= tokens - closing;
    if (position < opening || position >= tokens - closing) continue;
    first = std::min(position, first);
    last = std::max(position, last);
  }
  if (first == tokens) return any_closing ? count() - 1 : 0;
  if (last - first >= room()) return std::nullopt;

  // The windows that hold both ends start at or before the first of them and not too far before the last.
  const std::size_t earliest = last + 1 - std::min(last + 1, room());
  std::optional<std::size_t> best;
  std::size_t best_context = 0;
  for (auto at = std::ranges::lower_bound(starts, earliest); at != starts.end() && *at <= first; ++at) {
    const std::size_t before = first - *at, after = *at + room() - 1 - last;
    const std::size_t context = only_before_counts ? before : std::min(before, after);
    if (best && context <= best_context) continue;
    best = static_cast<std::size_t>(at - starts.begin());
    best_context = context;
  }
  return best;
}

Windows one_window(const std::vector<Token>& tokens) {
  const SpecialEnds ends = special_ends(tokens);
  return {.tokens = tokens.size(),
          .length = tokens.size(),
          .opening = ends.opening,
          .closing = ends.closing,
          .starts = {ends.opening}};
}

Result<Windows> cut_windows(const std::vector<Token>& tokens, std::size_t length, std::size_t stride) {
  if (tokens.size() <= length) return one_window(tokens);
  const SpecialEnds ends = special_ends(tokens);
  if (ends.opening + ends.closing >= length) return no_room_error(tokens.size(), length);
  Windows windows{
      .tokens = tokens.size(), .length = length, .opening = ends.opening, .closing = ends.closing};
  const std::size_t room = windows.room();
  if (stride > room)
    return usage_error("--window-stride", fmt::format("{}", stride),
                       fmt::format("1 to {}, a window's tokens of the text", room));
  windows.stride = stride > 0 ? stride : room - room / 2;
  const std::size_t last =
      tokens.size() - ends.closing - room;  // start of the window that ends with the text
  for (std::size_t start = ends.opening; start < last; start += windows.stride)
    windows.starts.push_back(start);
  windows.starts.push_back(last);
  return windows;
}

}  // namespace logitlens
