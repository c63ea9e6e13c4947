// Reference results that lie beside a tiny checkpoint (tests/data/goldens/NAME/golden.safetensors and golden.json).
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "io/json.h"
#include "io/mapped_file.h"
#include "io/safetensors.h"

namespace logitlens::test {

inline std::string golden_folder(const std::string& name) {
  return std::string(LL_TEST_DATA) + "/goldens/" + name;
}

inline const std::vector<std::string>& golden_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(std::string(LL_TEST_DATA) + "/goldens"))
      if (entry.is_directory()) found.push_back(entry.path().filename().string());
    std::ranges::sort(found);
    return found;
  }();
  return names;
}

struct GoldenFile {
  TensorMap tensors;

  explicit GoldenFile(const std::string& path) {
    auto file = MappedFile::open(path);
    EXPECT_TRUE(file.ok()) << path;
    EXPECT_TRUE(read_safetensors(*file, tensors).ok()) << path;
  }

  std::vector<float> floats(const std::string& name) const { return values<float>(name); }
  std::vector<std::int32_t> ids(const std::string& name) const {
    std::vector<std::int32_t> ids;
    for (std::int64_t id : values<std::int64_t>(name)) ids.push_back(static_cast<std::int32_t>(id));
    return ids;
  }
  bool has(const std::string& name) const { return tensors.find(name) != nullptr; }
  const std::vector<std::size_t>& shape(const std::string& name) const { return tensors.find(name)->shape; }

 private:
  template <class T>
  std::vector<T> values(const std::string& name) const {
    const Tensor* tensor = tensors.find(name);
    EXPECT_NE(tensor, nullptr) << name;
    std::vector<T> values(tensor->bytes.size() / sizeof(T));
    std::memcpy(values.data(), tensor->bytes.data(), tensor->bytes.size());
    return values;
  }
};

inline Json golden_json(const std::string& path) {
  auto file = MappedFile::open(path);
  EXPECT_TRUE(file.ok()) << path;
  auto json = parse_json(path, (*file)->text());
  EXPECT_TRUE(json.ok()) << path;
  return std::move(*json);
}

}  // namespace logitlens::test
