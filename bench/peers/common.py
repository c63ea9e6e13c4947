"""What every peer shares: the work it is given, the answers it gives, and the talk with bench/compare.

A work is a text as token ids, with the positions to be masked one at a time (none: the text as it is, a row for every
position), and the statistics wanted of every row and layer. An answer holds, for each statistic, [rows, layers]
numbers. Each line on standard input is a request, each line on standard output its reply, both JSON:

    {"do": "prepare", "work": {...}}    -> {"versions": {...}}
    {"do": "answer"}                    -> {"best_id": [[...]], "best_z": [[...]], ...}
    {"do": "run", "times": 3}           -> {"seconds": [...]}

With --once WORK.json a peer prepares, answers once and ends: the whole process, from start to end.
"""

import argparse
import json
import os
import sys
import time
from dataclasses import dataclass

import numpy as np

DISTRIBUTION = ("best_logprob", "target_logprob", "entropy", "kl_to_last")


@dataclass
class Work:
    name: str
    ids: list  # [T]
    masks: list  # positions masked one at a time; empty: nothing is masked
    mask_id: int
    statistics: list

    @property
    def rows(self):
        """The positions that are looked at."""
        return self.masks or list(range(len(self.ids)))

    @property
    def targets(self):
        return [self.ids[position] for position in self.rows]

    @property
    def wants_rank(self):
        return "target_rank" in self.statistics

    @property
    def wants_distribution(self):
        return any(name in self.statistics for name in DISTRIBUTION)

    def sequences(self):
        """[sequences, T] token ids: one sequence a mask, or the text alone."""
        ids = np.array(self.ids, dtype=np.int64)
        if not self.masks:
            return ids[None, :]
        masked = np.tile(ids, (len(self.masks), 1))
        masked[np.arange(len(self.masks)), self.masks] = self.mask_id
        return masked


class Peer:
    """One way to do the experiment. `run` returns, by statistic, arrays of [rows, layers]."""

    def __init__(self, model, threads, exports):
        self.model_directory, self.threads, self.exports = model, threads, exports

    def prepare(self, work):
        """Loads, exports and compiles what the work needs: not timed."""

    def run(self, work):
        raise NotImplementedError

    def versions(self):
        return {}


def answer_of(peer, work):
    return {name: np.asarray(values).tolist() for name, values in peer.run(work).items()}


def serve(peer, requests, replies):
    work = None
    for line in requests:
        request = json.loads(line)
        if request["do"] == "prepare":
            work = Work(**request["work"])
            peer.prepare(work)
            reply = {"versions": peer.versions()}
        elif request["do"] == "answer":
            reply = answer_of(peer, work)
        elif request["do"] == "run":
            reply = {"seconds": []}
            for _ in range(request["times"]):
                begin = time.perf_counter()
                peer.run(work)
                reply["seconds"].append(time.perf_counter() - begin)
        else:
            sys.exit(f"error: no such request: {line}")
        replies.write(json.dumps(reply) + "\n")
        replies.flush()


def main(make_peer):
    parser = argparse.ArgumentParser()
    parser.add_argument("model", help="a folder that transformers loads")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--exports", default="build/bench/exports", help="where exported graphs are kept")
    parser.add_argument("--once", metavar="WORK.json", help="do this work once, print its answer, end")
    options = parser.parse_args()
    # What the frameworks print belongs on standard error: standard output is for replies.
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    os.environ["OMP_NUM_THREADS"] = str(options.threads)
    os.environ["TRANSFORMERS_OFFLINE"] = "1"
    peer = make_peer(options.model, options.threads, options.exports)
    if options.once:
        with open(options.once, encoding="utf-8") as file:
            work = Work(**json.load(file))
        peer.prepare(work)
        replies.write(json.dumps(answer_of(peer, work)) + "\n")
        replies.flush()
        return
    serve(peer, sys.stdin, replies)
