#!/usr/bin/env python3
"""OpenVINO on the export of the batched graph, one request at a time with both threads (its latency hint)."""

import openvino

import common
import graph_runner


class OpenVino(graph_runner.GraphPeer):
    def load(self, path):
        # float32 in earnest: by itself it would compute in bfloat16 on a processor that has it.
        compiled = openvino.Core().compile_model(path, "CPU", {
            "PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": self.threads, "INFERENCE_PRECISION_HINT": "f32"})
        return lambda inputs: [value.copy() for value in compiled(inputs).values()]

    def versions(self):
        return {"openvino": openvino.__version__}


if __name__ == "__main__":
    common.main(OpenVino)
