#!/usr/bin/env python3
"""The notebook's loop: a mask at a time, a layer at a time, the whole head on all hidden states of the layer, all
logits materialised, z by mean and standard deviation. Nothing here is slow on purpose: it is what notebooks do."""

import numpy as np
import torch

import common
import pytorch_model


class PyTorchLoop(common.Peer):
    def __init__(self, model, threads, exports):
        super().__init__(model, threads, exports)
        self.model = pytorch_model.load(model, threads)

    def versions(self):
        return pytorch_model.versions()

    @torch.no_grad()
    def run(self, work):
        best_id, best_z, target_z = [], [], []
        for ids, position, target in zip(work.sequences(), work.rows, work.targets):
            output = self.model(torch.tensor(ids[None, :]), output_hidden_states=True)
            for hidden in output.hidden_states:  # [1, T, H]
                logits = self.model.cls(hidden)  # [1, T, V]
                x = logits[0, position]  # [V]
                z = (x - x.mean()) / x.std(unbiased=False)
                best = int(z.argmax())
                best_id.append(best)
                best_z.append(float(z[best]))
                target_z.append(float(z[target]))
        shape = (len(work.masks), -1)
        return {"best_id": np.reshape(best_id, shape), "best_z": np.reshape(best_z, shape),
                "target_z": np.reshape(target_z, shape)}


if __name__ == "__main__":
    common.main(PyTorchLoop)
