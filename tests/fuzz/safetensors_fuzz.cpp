// A safetensors file, or a shard index with two shards. An input that begins with { is a header without its length,
// then a line ====, then the data; one that begins with "index" is the index and two such shards; any other is raw.
#include "io/safetensors.h"

#include "base/checked.h"
#include "support.h"

namespace logitlens::fuzz {
namespace {

std::string with_length(std::string_view header, std::string_view data) {
  std::string bytes;
  for (int i = 0; i < 8; ++i) bytes += static_cast<char>(header.size() >> (8 * i) & 0xff);
  return bytes.append(header).append(data);
}

// Every tensor lies within the file, and its size is its shape's.
void check_tensors(TensorMap& tensors, std::span<const std::byte> file) {
  std::size_t covered = 0;
  for (const Tensor& tensor : tensors.all()) {
    const auto elements = checked_product(tensor.shape);
    check(elements.has_value(), "a shape's product fits");
    check(tensor.bytes.empty() == (*elements == 0), "a tensor is as large as its shape");
    check(tensor.bytes.size() <= file.size(), "a tensor is no larger than its file");
    check(tensor.bytes.empty() || (tensor.bytes.data() >= file.data() &&
                                   tensor.bytes.data() + tensor.bytes.size() <= file.data() + file.size()),
          "a tensor lies in its file");
    covered += tensor.bytes.size();
  }
  check(covered <= file.size(), "tensors do not overlap");
  std::string duplicate;
  check(tensors.finish(&duplicate), "a header has every name once");
  for (const Tensor& tensor : tensors.all())
    check(tensors.find(tensor.name) == &tensor, "a tensor is found by its name");
}

void read_one(const std::string& bytes) {
  TensorMap tensors;
  const auto file = file_of("model.safetensors", bytes);
  if (succeeded(read_safetensors(file, tensors))) check_tensors(tensors, file->bytes());
}

// The first byte of the shard says how: { is a header without its length.
std::string shard_bytes(const std::string& part) {
  const std::size_t end = part.find("\n##\n");
  if (!part.starts_with('{') || end == std::string::npos) return part;
  return with_length(std::string_view(part).substr(0, end), std::string_view(part).substr(end + 4));
}

void read_shards(std::string_view input) {
  const auto parts = split(input, 3);
  write_file("a.safetensors", shard_bytes(parts[1]));
  write_file("b.safetensors", shard_bytes(parts[2]));
  TensorMap tensors;
  std::vector<std::string> files;
  const auto index = file_of("model.safetensors.index.json", parts[0]);
  if (!succeeded(read_sharded_safetensors(*index, scratch_folder().string(), tensors, files))) return;
  for (const std::string& file : files)
    check(std::filesystem::path(file).lexically_normal().string().starts_with(scratch_folder().string()),
          "a shard lies beside its index");
}

}  // namespace

FUZZ_TARGET(safetensors) {
  if (input.starts_with("index")) return read_shards(input.substr(5));
  if (!input.starts_with('{')) return read_one(std::string(input));
  const auto parts = split(input, 2);
  read_one(with_length(parts[0], parts[1]));
}

}  // namespace logitlens::fuzz
