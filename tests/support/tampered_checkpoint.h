// A copy of a tiny golden checkpoint in a temporary folder, to be damaged.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "io/safetensors.h"
#include "support/golden.h"

namespace logitlens::test {

struct StoredTensor {
  std::string dtype = "F32";
  std::vector<std::size_t> shape;
  std::vector<std::byte> bytes;

  std::size_t floats() const { return bytes.size() / sizeof(float); }
  float get(std::size_t i) const {
    float value;
    std::memcpy(&value, bytes.data() + i * sizeof value, sizeof value);
    return value;
  }
  void set(std::size_t i, float value) { std::memcpy(bytes.data() + i * sizeof value, &value, sizeof value); }
};

class TamperedCheckpoint {
 public:
  explicit TamperedCheckpoint(const std::string& golden = "bert") {
    static std::atomic<int> number = 0;
    folder_ = std::filesystem::temp_directory_path() /
              ("logitlens-tampered-" + std::to_string(getpid()) + "-" + std::to_string(number++));
    std::filesystem::create_directories(folder_);
    for (const auto& entry : std::filesystem::directory_iterator(golden_folder(golden)))
      if (!entry.path().filename().string().starts_with("golden"))
        std::filesystem::copy(entry.path(), folder_ / entry.path().filename());
    const GoldenFile file(golden_folder(golden) + "/model.safetensors");
    for (const Tensor& tensor : file.tensors.all())
      tensors[tensor.name] = {tensor.dtype_name, tensor.shape, {tensor.bytes.begin(), tensor.bytes.end()}};
    config = nlohmann::ordered_json::parse(read("config.json"));
  }
  ~TamperedCheckpoint() { std::filesystem::remove_all(folder_); }
  TamperedCheckpoint(const TamperedCheckpoint&) = delete;
  TamperedCheckpoint& operator=(const TamperedCheckpoint&) = delete;

  std::string path() const { return folder_.string(); }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  std::string read(const std::string& name) const {
    std::ifstream in(folder_ / name, std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
  }
  void write(const std::string& name, const std::string& content) const {
    std::ofstream(folder_ / name, std::ios::binary) << content;
  }
  void remove(const std::string& name) const { std::filesystem::remove(folder_ / name); }

  // `config` and `tensors`, as they are now, to the folder.
  void save_config() const { write("config.json", config.dump()); }
  void save_tensors() const {
    std::vector<OutTensor> out;
    for (const auto& [name, tensor] : tensors)
      out.push_back({name, tensor.dtype, tensor.shape, tensor.bytes});
    const Status status = write_safetensors(path("model.safetensors"), out, {{"format", "pt"}}, true);
    EXPECT_TRUE(status.ok());
  }

  // Every tensor under the name that `name` makes of its own.
  void rename_tensors(const std::function<std::string(std::string)>& name) {
    std::map<std::string, StoredTensor> renamed;
    for (auto& [old, tensor] : tensors) renamed[name(old)] = std::move(tensor);
    tensors = std::move(renamed);
  }
  // Every tensor, of float32, as float64.
  void widen_tensors() {
    for (auto& [name, tensor] : tensors) {
      StoredTensor wide{"F64", tensor.shape, std::vector<std::byte>(tensor.floats() * 8)};
      for (std::size_t i = 0; i < tensor.floats(); ++i) {
        const auto value = static_cast<double>(tensor.get(i));
        std::memcpy(wide.bytes.data() + 8 * i, &value, 8);
      }
      tensor = std::move(wide);
    }
  }

  nlohmann::ordered_json config;
  std::map<std::string, StoredTensor> tensors;

 private:
  std::filesystem::path folder_;
};

// Code and parts of the message.
inline void expect_error(const Error& error, Code code, const std::vector<std::string>& parts) {
  const std::string message = error.message();
  EXPECT_EQ(static_cast<int>(error.code), static_cast<int>(code)) << message;
  for (const std::string& part : parts)
    EXPECT_NE(message.find(part), std::string::npos) << "no \"" << part << "\" in: " << message;
  EXPECT_LE(std::ranges::count(message, '\n'), 2) << message;
}

}  // namespace logitlens::test
