"""The works that are compared: texts, masks and statistics, for our side and for the peers."""

import os
from dataclasses import dataclass, field

SEED = "the way you do anything is the way you do everything"
MASK_ID = 103  # of bert-base-uncased's vocabulary, which every model here has
Z = ["best_id", "best_z", "target_z"]
RANK = [*Z, "target_rank"]
ALL = [*RANK, "best_logprob", "target_logprob", "entropy", "kl_to_last"]

LOOP, BATCHED, TRANSFORMER_LENS = "PyTorch loop", "PyTorch batched", "TransformerLens"
ORT, OPENVINO = "ONNX Runtime", "OpenVINO"


@dataclass
class Section:
    """One work on one model, and who does it."""

    name: str  # for --works
    title: str
    model: str  # "base" or "large"
    tokens: int  # 0: the seed sentence, whole; else the declaration, cut
    masked: bool
    statistics: list
    peers: list
    rounds: int
    threads: int = 2
    whole_process: bool = False
    extra: list = field(default_factory=list)  # other ways of our own: "all logits", "int8", "1 thread"
    warm: int = 0  # runs of each before the first that counts: "steady state". Ours lays its weights out anew after 512 rows
    screened: bool = False  # ours looks only at the logits that z and the best token need, as a service of many sweeps would


def sections():
    return [
        Section("seed", "Seed sentence, 11 masks x {layers} layers, steady state", "base", 0, True, Z,
                [LOOP, BATCHED, TRANSFORMER_LENS, ORT, OPENVINO], 11, extra=["all logits"], warm=4, screened=True),
        Section("sweep", "128 tokens, 126 masks x {layers} layers, steady state", "base", 128, True, Z,
                [BATCHED, ORT, OPENVINO], 3, extra=["all logits", "int8"], screened=True),
        Section("process", "Whole process, seed sentence", "base", 0, True, Z, [LOOP, ORT, OPENVINO], 5,
                whole_process=True),
        Section("lens", "Unmasked lens of 512 tokens x {layers} layers: z, best, target's z and rank", "base", 512, False,
                RANK, [BATCHED, ORT, OPENVINO], 5),
        Section("lens-all", "Unmasked lens of 512 tokens x {layers} layers, with log-probability, entropy, KL", "base",
                512, False, ALL, [BATCHED, ORT, OPENVINO], 5),
        Section("large-seed", "24 layers (bert-large's shape): seed sentence, 11 masks x {layers} layers", "large", 0, True,
                Z, [LOOP, BATCHED, ORT, OPENVINO], 7, extra=["all logits"], warm=4, screened=True),
        Section("large-sweep", "24 layers (bert-large's shape): 64 tokens, 62 masks x {layers} layers", "large", 64, True,
                Z, [BATCHED, ORT, OPENVINO], 3, extra=["all logits", "1 thread"], screened=True),
        Section("large-lens", "24 layers (bert-large's shape): unmasked lens of 512 tokens x {layers} layers", "large", 512,
                False, RANK, [BATCHED], 3),
    ]


def declaration():
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "declaration.txt")
    with open(path, encoding="utf-8") as file:
        return file.read().strip()


def cut(steady, tokens):
    """The declaration, cut so that it has this many tokens with [CLS] and [SEP]."""
    text = declaration()
    ends = steady.ask(do="tokenize", text=text)["ends"]
    return text.encode()[:ends[tokens - 2]].decode()


def work_of(section, steady):
    """The work as our side takes it (a text), and as the peers do (token ids)."""
    text = cut(steady, section.tokens) if section.tokens else SEED
    ids = steady.ask(do="tokenize", text=text)["ids"]
    if section.tokens and len(ids) != section.tokens:
        raise ValueError(f"the text cut to {section.tokens} tokens has {len(ids)}")
    ours = {"text": text, "mask": "each" if section.masked else "none", "statistics": section.statistics,
            "logits": "auto"}
    peers = {"name": section.name, "ids": ids, "masks": list(range(1, len(ids) - 1)) if section.masked else [],
             "mask_id": MASK_ID, "statistics": section.statistics}
    return ours, peers
