// The part of a configuration that says how the model knows where its tokens are.
#pragma once

#include "logitlens/status.h"
#include "model/config.h"
#include "model/config_reader.h"

namespace logitlens {

// Position tables, rotations, local windows and distances. `config` holds the sizes already. Errors: bad_input.
Status read_positions(const Json& json, const ConfigReader& reader, ModelConfig& config);

}  // namespace logitlens
