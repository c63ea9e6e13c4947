// A list that a signal handler may read at any time, whatever the thread it interrupts, and others, do to it.
#pragma once

#include <atomic>
#include <utility>

namespace logitlens {

// Points at entries that others own. No lock, which the interrupted thread might hold: slots are reused and never freed,
// so that a reader can walk them, and remove() waits for the readers that may have seen the entry. A reader on the
// removing thread itself is an interrupt, which is over before remove() goes on.
template <class T>
class SignalList {
 public:
  class Slot {
    friend class SignalList;
    std::atomic<const T*> entry_ = nullptr;
    Slot* next_ = nullptr;
  };

  // May throw std::bad_alloc, and has added nothing then.
  Slot* add(const T* entry) {
    for (Slot* slot = first_.load(); slot; slot = slot->next_) {
      const T* free = nullptr;
      if (slot->entry_.compare_exchange_strong(free, entry)) return slot;
    }
    auto* slot = new Slot;
    slot->entry_ = entry;
    slot->next_ = first_.load();
    while (!first_.compare_exchange_weak(slot->next_, slot)) {
    }
    return slot;
  }

  // No reader looks at the entry once this has returned.
  void remove(Slot* slot) noexcept {
    slot->entry_ = nullptr;
    while (readers_ != 0) {
    }
  }

  // Calls read(const T&) for every entry. Async-signal-safe if `read` is.
  template <class Read>
  void each(Read&& read) const noexcept {
    ++readers_;
    for (const Slot* slot = first_.load(); slot; slot = slot->next_)
      if (const T* entry = slot->entry_.load()) read(*entry);
    --readers_;
  }

 private:
  std::atomic<Slot*> first_ = nullptr;
  mutable std::atomic<int> readers_ = 0;
};

}  // namespace logitlens
