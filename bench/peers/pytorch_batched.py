#!/usr/bin/env python3
"""PyTorch as someone who knows it would write the experiment: all masks in batches, the head on the masked rows of all
layers at once, nothing computed that is not asked for."""

import torch

import common
import lens_graph
import pytorch_model
from work_batches import batches, outputs_of


class PyTorchBatched(common.Peer):
    def __init__(self, model, threads, exports):
        super().__init__(model, threads, exports)
        self.model = pytorch_model.load(model, threads)

    def versions(self):
        return pytorch_model.versions()

    @torch.inference_mode()
    def run(self, work):
        parts = []
        for ids, rows, targets in batches(work):
            lens = lens_graph.LensGraph(self.model, work)
            parts.append(lens(torch.from_numpy(ids), torch.from_numpy(rows), torch.from_numpy(targets)))
        names = outputs_of(work)
        return {name: torch.cat([part[i] for part in parts], 1).T.numpy() for i, name in enumerate(names)}


if __name__ == "__main__":
    common.main(PyTorchBatched)
