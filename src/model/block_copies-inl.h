// What packing and quantising a block have in common. Included by them alone.
#pragma once

#include <mutex>
#include <utility>
#include <vector>

#include "io/mapped_file.h"
#include "model/weights.h"

namespace logitlens {

template <class Make>
Status Weights::copy_block_once(Copies& copies, std::size_t layer, const Make& make) const {
  const std::size_t block = block_of_[layer];
  if (copies.done[block].load(std::memory_order_acquire)) return ok_status();
  const std::lock_guard lock(copies.mutex);
  if (copies.done[block].load(std::memory_order_relaxed)) return ok_status();
  LL_ASSIGN(const std::vector<const Weight*> copied,
            make(std::span<const Weight>(blocks_[block]), copies.memory[block]));
  for (const Weight* weight : copied)
    if (weight->stored->map) weight->stored->map->drop_pages(weight->stored->bytes);
  copies.done[block].store(true, std::memory_order_release);
  return ok_status();
}

}  // namespace logitlens
