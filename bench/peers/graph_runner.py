"""A peer that runs the exported graph: batches in, statistics out."""

import numpy as np

import common
import onnx_export
from work_batches import batches, outputs_of


class GraphPeer(common.Peer):
    def load(self, path):
        """A function from {"ids", "rows", "targets"} to the graph's outputs, in their order."""
        raise NotImplementedError

    def prepare(self, work):
        self.graph = self.load(onnx_export.exported(self.model_directory, work, self.exports))

    def run(self, work):
        parts = [self.graph({"ids": ids, "rows": rows, "targets": targets}) for ids, rows, targets in batches(work)]
        return {name: np.concatenate([part[i] for part in parts], 1).T for i, name in enumerate(outputs_of(work))}
