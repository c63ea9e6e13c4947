// LevelDB's table format, read from start to end:
//
//   data blocks | meta blocks | meta index block | index block | footer (48 bytes)
//
// The footer says where the two index blocks lie, the index block where the data blocks lie. A block is a
// list of records, whose keys omit what they share with the key before, then the places where they omit
// nothing (for binary search), their number, and a trailer: the compression and a checksum.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "logitlens/status.h"

namespace logitlens {

using VisitRecord = std::function<Status(std::string_view key, std::string_view value)>;

// Calls `visit` for each record, in the order of the keys, which is checked to be strictly ascending; stops
// at its first error. Every block's checksum is verified before the block is read. `file` is for messages.
Status read_leveldb_table(const std::string& file, std::string_view bytes, const VisitRecord& visit);

}  // namespace logitlens
