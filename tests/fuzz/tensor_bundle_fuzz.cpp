// TensorFlow's bundle index: raw; a block under a right checksum ("block"); or records, by lines of ====, a key and a
// message each in turn ("records"). Beside it lies one data file.
#include "io/tensor_bundle.h"

#include "io/leveldb_table.h"
#include "io/tensor_bundle_entry.h"
#include "support.h"
#include "unit/bundle_builder.h"

namespace logitlens::fuzz {
namespace {

std::string table_of(std::string_view input) {
  if (input.starts_with("block")) return test::table_of_blocks({std::string(input.substr(5))});
  if (!input.starts_with("records")) return std::string(input);
  const auto parts = split(input.substr(7), 64);
  test::Records records;
  for (std::size_t i = 0; i + 1 < parts.size(); i += 2) {
    if (parts[i].empty() && i > 0) break;
    records.emplace_back(parts[i], parts[i + 1]);
  }
  return test::table_of_records(records, 8, 4);
}

void read_records(const std::string& table) {
  std::string last;
  bool first = true;
  static_cast<void>(succeeded(
      read_leveldb_table("variables.index", table, [&](std::string_view key, std::string_view value) {
        check(first || key > last, "keys ascend");
        first = false;
        last = key;
        static_cast<void>(parse_bundle_header(value));
        static_cast<void>(parse_bundle_entry(value));
        return ok_status();
      })));
}

void read_bundle(const std::string& table) {
  static const std::string data = [] {
    std::string bytes(4096, '\0');
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i);
    return write_file("model.ckpt.data-00000-of-00001", bytes);
  }();
  const std::string index = write_file("model.ckpt.index", table);
  TensorMap tensors;
  std::vector<std::string> files;
  if (!succeeded(read_tensor_bundle(index.substr(0, index.size() - 6), tensors, files))) return;
  for (const Tensor& tensor : tensors.all()) {
    check(tensor.bytes.size() <= 4096, "a tensor is no larger than its file");
    static_cast<void>(succeeded(check_tensor_crc(tensor)));  // the sanitizer sees whether its bytes are there
  }
  rename_google_bert(tensors);
  std::string duplicate;
  if (tensors.finish(&duplicate)) static_cast<void>(succeeded(config_from_google_bert(index, tensors)));
}

}  // namespace

FUZZ_TARGET(tensor_bundle) {
  const std::string table = table_of(input);
  read_records(table);
  read_bundle(table);
}

}  // namespace logitlens::fuzz
