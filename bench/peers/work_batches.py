"""A work cut into the batches that the batched peers compute, and what comes out of each."""

import os

import numpy as np

# Token rows of a forward pass: the activations of a batch stay near the cache. LOGITLENS_PEER_ROWS tries another number.
BATCH_ROWS = int(os.environ.get("LOGITLENS_PEER_ROWS", "2048"))


def outputs_of(work):
    names = ["best_id", "best_z", "target_z"]
    if work.wants_rank:
        names.append("target_rank")
    if work.wants_distribution:
        names += ["best_logprob", "target_logprob", "entropy", "kl_to_last"]
    return names


def batches(work):
    """(ids [B, T], rows [R] into the B x T positions, targets [R]) for each batch of equal size, the last but one."""
    sequences, length = work.sequences(), len(work.ids)
    targets = np.array(work.targets, dtype=np.int64)
    if not work.masks:
        yield sequences, np.arange(length), targets
        return
    masks = np.array(work.masks, dtype=np.int64)
    count = max(1, BATCH_ROWS // length)
    for first in range(0, len(masks), count):
        part = slice(first, first + count)
        rows = np.arange(len(masks[part])) * length + masks[part]
        yield sequences[part], rows, targets[part]
