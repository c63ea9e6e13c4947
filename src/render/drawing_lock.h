// Held while something is drawn. One thread draws at a time, for Pango's and Fontconfig's sake, and what
// GLib's libraries would write to standard error meanwhile is dropped: the library never prints.
#pragma once

#include <array>
#include <mutex>

namespace logitlens {

class DrawingLock {
 public:
  DrawingLock();
  ~DrawingLock();
  DrawingLock(const DrawingLock&) = delete;
  DrawingLock& operator=(const DrawingLock&) = delete;

 private:
  std::unique_lock<std::mutex> lock_;
  std::array<unsigned, 3> handlers_{};
};

}  // namespace logitlens
