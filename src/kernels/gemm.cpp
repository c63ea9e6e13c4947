#include "kernels/gemm.h"

#include <algorithm>
#include <cstring>

#include "base/checked.h"
#include "kernels/onednn.h"
#include "kernels/transpose.h"

namespace logitlens {

namespace {

// A part of a weight that is multiplied at once: a panel's outputs and inputs.
struct Part {
  std::size_t output, outputs, input, inputs;
};

// panel [inputs, panel_outputs]; outputs past the weight's end are zero.
void pack_panel(const GemmWeight& weight, const Part& part, float* panel) {
  if (part.outputs < panel_outputs) std::memset(panel, 0, part.inputs * panel_outputs * sizeof(float));
  if (weight.layout == WeightLayout::out_in) {
    transpose(weight.data + part.output * weight.in + part.input, weight.in, panel, panel_outputs,
              part.outputs, part.inputs);
    return;
  }
  for (std::size_t i = 0; i < part.inputs; ++i)
    std::memcpy(panel + i * panel_outputs,
                static_cast<const void*>(weight.data + (part.input + i) * weight.out + part.output),
                part.outputs * sizeof(float));
}

void multiply(const float* x, std::size_t rows, const GemmWeight& weight, const Part& part, float* y,
              float* scratch) {
  Panel panel{scratch, part.inputs, part.outputs, part.input > 0, nullptr};
  if (weight.layout == WeightLayout::packed) {
    const std::size_t first = part.output * weight.in + part.input * panel_outputs,
                      end = first + part.inputs * panel_outputs;
    panel.data = weight.data + first;
    if (end < weight.in * round_up(weight.out, panel_outputs)) panel.next = weight.data + end;
  } else {
    pack_panel(weight, part, scratch);
  }
  panel_product(x + part.input, weight.in, rows, panel, y + part.output, weight.out);
}

std::size_t outputs_from(const GemmWeight& weight, std::size_t output) {
  return std::min(panel_outputs, weight.out - output);
}

}  // namespace

void gemm(const float* x, std::size_t rows, const GemmWeight& weight, float* y, float* scratch) {
  for (std::size_t output = 0; output < weight.out; output += panel_outputs)
    for (std::size_t input = 0; input < weight.in; input += most_panel_inputs) {
      const std::size_t inputs = std::min(most_panel_inputs, weight.in - input);
      multiply(x, rows, weight, {output, outputs_from(weight, output), input, inputs}, y, scratch);
    }
}

std::optional<std::size_t> packed_floats(std::size_t in, std::size_t out) {
  return checked_mul(in, round_up(out, panel_outputs));
}

void pack(const GemmWeight& weight, float* to) {
  for (std::size_t output = 0; output < weight.out; output += panel_outputs)
    pack_panel(weight, {output, outputs_from(weight, output), 0, weight.in}, to + output * weight.in);
}

std::string gemm_library() { return "logitlens panels, " + onednn_version() + " for bytes"; }

}  // namespace logitlens
