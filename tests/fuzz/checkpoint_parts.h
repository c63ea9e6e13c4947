// A golden checkpoint taken apart: configuration, header, data and files, to be changed and put together again.
#pragma once

#include <charconv>
#include <cstring>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "support.h"

namespace logitlens::fuzz {

using AnyJson = nlohmann::ordered_json;

inline std::size_t size_of(const std::string& text) {
  std::size_t size = 0;
  std::from_chars(text.data(), text.data() + text.size(), size);
  return size;
}

inline AnyJson json_or_text(const std::string& text) {
  AnyJson json = AnyJson::parse(text, nullptr, false);
  return json.is_discarded() ? AnyJson(text) : json;
}

// "OFFSET TEXT": the text in the place of as many bytes.
inline void replace_bytes(std::string& bytes, const std::string& change) {
  const std::size_t space = std::min(change.find(' '), change.size());
  const std::string text = change.substr(std::min(space + 1, change.size()));
  const std::size_t at = bytes.empty() ? 0 : size_of(change) % bytes.size();
  bytes.replace(at, std::min(text.size(), bytes.size() - at), text);
}

struct CheckpointParts {
  AnyJson config, header;
  std::string data;                          // what follows the header
  std::map<std::string, std::string> files;  // all others

  // "INDEX FLOAT" of a tensor of float32.
  void set_value(const std::string& tensor, const std::string& change) {
    const AnyJson offsets = header[tensor].value("data_offsets", AnyJson());
    if (!offsets.is_array() || offsets.empty() || !offsets[0].is_number_unsigned()) return;
    const std::size_t begin = offsets[0].get<std::size_t>();
    if (begin >= data.size() || data.size() - begin < 4) return;
    const std::size_t index = size_of(change) % ((data.size() - begin) / 4);
    const float value = std::strtof(change.c_str() + std::min(change.find(' '), change.size()), nullptr);
    std::memcpy(data.data() + begin + 4 * index, &value, 4);
  }

  void write(const std::filesystem::path& folder) const {
    std::filesystem::create_directories(folder);
    const auto put = [&](const std::string& name, std::string_view bytes) {
      std::ofstream(folder / name, std::ios::binary) << bytes;
    };
    const auto replace = AnyJson::error_handler_t::replace;
    const std::string text = header.dump(-1, ' ', false, replace);
    std::string length(8, '\0');
    const std::uint64_t size = text.size();
    std::memcpy(length.data(), &size, 8);
    put("model.safetensors", length + text + data);
    put("config.json", config.dump(-1, ' ', false, replace));
    for (const auto& [name, bytes] : files) put(name, bytes);
  }
};

// Names with their parts, each read once.
inline const std::map<std::string, CheckpointParts>& all_goldens() {
  static const std::map<std::string, CheckpointParts> all = [] {
    const auto read = [](const std::filesystem::path& path) {
      std::ifstream file(path, std::ios::binary);
      return std::string{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    };
    std::map<std::string, CheckpointParts> goldens;
    for (const auto& folder : std::filesystem::directory_iterator(std::string(LL_TEST_DATA) + "/goldens")) {
      if (!folder.is_directory()) continue;
      CheckpointParts& parts = goldens[folder.path().filename().string()];
      for (const auto& file : std::filesystem::directory_iterator(folder.path()))
        if (!file.path().filename().string().starts_with("golden"))
          parts.files[file.path().filename().string()] = read(file.path());
      parts.config = AnyJson::parse(parts.files.extract("config.json").mapped());
      const std::string weights = parts.files.extract("model.safetensors").mapped();
      std::uint64_t header = 0;
      std::memcpy(&header, weights.data(), 8);
      parts.header = AnyJson::parse(weights.substr(8, header));
      parts.data = weights.substr(8 + header);
    }
    return goldens;
  }();
  return all;
}

// The one of that name, or one that the name's letters choose.
inline const CheckpointParts& golden_parts(const std::string& name) {
  const auto& all = all_goldens();
  const auto known = all.find(name);
  if (known != all.end()) return known->second;
  std::size_t sum = 0;
  for (const char c : name) sum += static_cast<unsigned char>(c);
  return std::next(all.begin(), static_cast<std::ptrdiff_t>(sum % all.size()))->second;
}

}  // namespace logitlens::fuzz
