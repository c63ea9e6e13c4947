"""BERT in PyTorch as both PyTorch peers and the exports use it: transformers' own model."""

import logging

import torch
import transformers


def load(directory, threads, attention="sdpa"):
    logging.getLogger("transformers").setLevel(logging.ERROR)
    torch.set_num_threads(threads)
    torch.set_num_interop_threads(1)
    model = transformers.BertForMaskedLM.from_pretrained(
        directory, dtype=torch.float32, attn_implementation=attention, local_files_only=True)
    return model.eval()


def versions():
    return {"torch": torch.__version__, "transformers": transformers.__version__}
