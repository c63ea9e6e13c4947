// Typed values out of config.json: each checked, each error with file, key, what was found and what is expected.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "arch/arch_spec.h"
#include "io/json.h"
#include "logitlens/status.h"

namespace logitlens {

class ConfigReader {
 public:
  ConfigReader(const Json& config, const std::string& file) : config_(config), file_(file) {}

  // The first of the keys that is there and not null.
  struct Found {
    const Json* value = nullptr;
    std::string_view key;
  };
  Found find(const Keys& keys) const;

  Error error(std::string_view key, std::string found, std::string expected,
              std::string remedy = "Use the configuration that the model was published with") const;

  // An integer from 1 to `limit`; nothing if none of the keys is there.
  Result<std::optional<std::size_t>> size(const Keys& keys, std::size_t limit) const;
  // Any integer; nothing if it is absent.
  Result<std::optional<std::int64_t>> integer(const Keys& keys) const;
  // A number above `above`, at most `most`.
  Result<double> number(const Keys& keys, double fallback, double above, double most) const;
  Result<float> eps(const Keys& keys, double fallback) const;
  Result<Activation> activation(const Keys& keys, std::string_view fallback) const;
  Result<bool> boolean(std::string_view key, bool fallback) const;
  Status require(const Requirement& requirement) const;

 private:
  const Json& config_;
  const std::string& file_;
};

}  // namespace logitlens
