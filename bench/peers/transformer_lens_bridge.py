#!/usr/bin/env python3
"""TransformerLens: all masks in batches, the hidden states from its cache. Its own logit lens is made for decoders (it
knows no head with a dense layer before the norm), so the head is that of the model it wraps, on the masked rows of all
layers at once."""

from importlib.metadata import version

import torch
from transformer_lens.model_bridge import TransformerBridge

import common
import pytorch_model
from lens_graph import LensGraph
from work_batches import batches, outputs_of


class States:
    """Stands where transformers' model stands in LensGraph, with TransformerLens's cache as its hidden states."""

    def __init__(self, bridge):
        self.bridge = bridge
        self.hidden_states = None

    def __call__(self, ids, **_):
        layers = self.bridge.cfg.n_layers
        names = ["blocks.0.hook_in", *(f"blocks.{k}.hook_out" for k in range(layers))]
        # The forward pass ends with the whole head on all positions, which run_with_cache cannot leave out.
        _, cache = self.bridge.run_with_cache(ids, names_filter=names)
        self.hidden_states = [cache[name] for name in names]
        return self


class BridgedModel(torch.nn.Module):
    def __init__(self, bridge):
        super().__init__()
        self.bert, self.cls = States(bridge), bridge.original_model.cls


class TransformerLens(common.Peer):
    def __init__(self, model, threads, exports):
        super().__init__(model, threads, exports)
        torch.set_num_threads(threads)
        self.model = BridgedModel(TransformerBridge.boot_transformers(model, device="cpu"))

    def versions(self):
        return pytorch_model.versions() | {"transformer-lens": version("transformer-lens")}

    @torch.inference_mode()
    def run(self, work):
        parts = []
        for ids, rows, targets in batches(work):
            lens = LensGraph(self.model, work)
            parts.append(lens(torch.from_numpy(ids), torch.from_numpy(rows), torch.from_numpy(targets)))
        return {name: torch.cat([part[i] for part in parts], 1).T.numpy() for i, name in enumerate(outputs_of(work))}


if __name__ == "__main__":
    common.main(TransformerLens)
