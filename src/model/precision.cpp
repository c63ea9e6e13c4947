#include "logitlens/lens.h"

namespace logitlens {

Result<Precision> parse_precision(std::string_view name) {
  if (name == "f32") return Precision::f32;
  if (name == "int8") return Precision::int8;
  return usage_error("--precision", std::string(name), "f32 or int8");
}

}  // namespace logitlens
