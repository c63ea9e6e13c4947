#!/usr/bin/env python3
"""ONNX Runtime on the export of the batched graph, all its optimisations on."""

import onnxruntime

import common
import graph_runner


class OnnxRuntime(graph_runner.GraphPeer):
    def load(self, path):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self.threads
        options.inter_op_num_threads = 1
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        return lambda inputs: session.run(None, inputs)

    def versions(self):
        return {"onnxruntime": onnxruntime.__version__}


if __name__ == "__main__":
    common.main(OnnxRuntime)
