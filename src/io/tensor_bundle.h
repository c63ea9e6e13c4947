// TensorFlow's checkpoint format V2 (a "tensor bundle": PREFIX.index, a LevelDB table of protobuf entries,
// and PREFIX.data-NNNNN-of-MMMMM), and how Google's BERT names its variables.
#pragma once

#include <string>
#include <vector>

#include "io/json.h"
#include "io/tensor.h"
#include "logitlens/status.h"

namespace logitlens {

// Appends the bundle's tensors to `tensors` under TensorFlow's own names, as views: nothing is copied. Left
// out: the optimizer's slots and counters, and what is not made of numbers (strings, resources). The whole
// index is validated, its blocks' checksums too. The tensors' bytes are not read: call check_tensor_crc
// before their first use. `weight_files` gets the index first, then the data files.
Status read_tensor_bundle(const std::string& prefix, TensorMap& tensors,
                          std::vector<std::string>& weight_files);

// Compares the tensor's bytes with the checksum its file stores (error: checksum). Without one all is well.
Status check_tensor_crc(const Tensor& tensor);

// Reference-library names and layouts for Google's BERT variables:
//   "module/bert/encoder/layer_3/output/dense/kernel" -> "bert.encoder.layer.3.output.dense.weight", in_out
// Unknown names are kept. Call it before tensors.finish().
void rename_google_bert(TensorMap& tensors);

// What a SavedModel does not say: sizes from the tensors' shapes, heads = hidden / 64, as config.json keys.
// Call it after tensors.finish(). `file` is for messages.
Result<Json> config_from_google_bert(const std::string& file, const TensorMap& tensors);

}  // namespace logitlens
