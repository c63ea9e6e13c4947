// Google's BERT as TensorFlow left it: a release directory (bert_config.json, bert_model.ckpt.*, vocab.txt)
// or a SavedModel (variables/, assets/).
#pragma once

#include <string>

#include "io/checkpoint.h"
#include "io/checkpoint_folder.h"

namespace logitlens {

bool is_saved_model(const CheckpointFolder& folder);
Result<Checkpoint> read_saved_model(const CheckpointFolder& folder);

bool is_google_release(const CheckpointFolder& folder);  // by its bert_config.json
Result<Checkpoint> read_google_release(const CheckpointFolder& folder);

}  // namespace logitlens
