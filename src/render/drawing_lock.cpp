#include "render/drawing_lock.h"

#include <glib.h>

#include <cstddef>

namespace logitlens {
namespace {

std::mutex drawing;
constexpr std::array<const char*, 3> kDomains = {"Pango", "GLib", "GLib-GObject"};
void drop(const char*, GLogLevelFlags, const char*, void*) {}

}  // namespace

// A handler for a domain is the process's. Ours goes when the drawing is done; a fatal error still ends the
// process.
DrawingLock::DrawingLock() : lock_(drawing) {
  for (std::size_t i = 0; i < kDomains.size(); ++i)
    handlers_[i] =
        g_log_set_handler(kDomains[i], static_cast<GLogLevelFlags>(G_LOG_LEVEL_MASK), drop, nullptr);
}

DrawingLock::~DrawingLock() {
  for (std::size_t i = 0; i < kDomains.size(); ++i) g_log_remove_handler(kDomains[i], handlers_[i]);
}

}  // namespace logitlens
