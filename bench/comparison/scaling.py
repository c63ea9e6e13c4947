"""How our time and memory grow with masks, tokens, layers and threads."""

import os
import statistics
import subprocess
import sys

import works

MASKS = [11, 21, 42, 63, 84, 105, 126]
TOKENS = [16, 32, 64, 128, 256, 512]
LAYERS = [6, 12, 24]
THREADS = [1, 2]


def deviation_from_line(points):
    """Largest distance of a time from the least squares line through all, as a share of that time."""
    xs, ys = [p["at"] for p in points], [p["seconds"] for p in points]
    # Weighted by 1 / y: every point's relative error counts the same.
    weights = [1 / y**2 for y in ys]
    total = sum(weights)
    mean_x = sum(w * x for w, x in zip(weights, xs)) / total
    mean_y = sum(w * y for w, y in zip(weights, ys)) / total
    slope = (sum(w * (x - mean_x) * (y - mean_y) for w, x, y in zip(weights, xs, ys))
             / sum(w * (x - mean_x) ** 2 for w, x in zip(weights, xs)))
    return max(abs(mean_y + slope * (x - mean_x) - y) / y for x, y in zip(xs, ys))


class Scaling:
    def __init__(self, bench, rounds, say):
        self.bench, self.rounds, self.say = bench, rounds, say

    def start(self, model, threads=2):
        return self.bench.start("scaling", [f"{self.bench.build}/logitlens_steady", model, str(threads)])

    def point(self, at, model, tokens, masks, statistics_, threads=2):
        """Median seconds and peak memory of one work, in a process of its own: so many masks, or none."""
        steady = self.start(model, threads)
        steady.ask(do="prepare", work={"text": works.cut(steady, tokens), "mask": "each" if masks else "none",
                                       "positions": list(range(1, masks + 1)), "statistics": statistics_})
        seconds = []
        for _ in range(self.rounds + 1):
            seconds += steady.ask(do="run", times=1)["seconds"]
        peak = steady.peak_mib()
        steady.end()
        found = {"at": at, "seconds": statistics.median(seconds[1:]), "peak_mib": peak}  # the first one warms up
        self.say(f"  {at:5}  {found['seconds']:8.4f} s  {peak:6.0f} MiB")
        return found

    def random_model(self, layers):
        folder = os.path.join(self.bench.root, f"build/bench/random-{layers}-layers")
        if not os.path.exists(folder):
            vocabulary = os.path.join(self.bench.models["base"], "vocab.txt")
            subprocess.run([sys.executable, f"{self.bench.root}/tools/make-random-bert", folder + ".part", "--layers",
                            str(layers), "--hidden", "768", "--vocab", vocabulary], check=True)
            os.rename(folder + ".part", folder)
        return folder

    def axis(self, title, points):
        self.say(title)
        return {"title": title, "points": list(points)}

    def run(self):
        base = self.bench.models["base"]
        record = {"masks": self.axis("Masks of a text of 128 tokens, 13 layers", (
            self.point(m, base, 128, m, works.Z) for m in MASKS))}
        record["masks"]["deviation"] = deviation_from_line(record["masks"]["points"])
        self.say(f"  largest deviation from a straight line: {record['masks']['deviation']:.1%}")
        record["tokens"] = self.axis("Tokens of an unmasked text, 13 layers, z and target's rank", (
            self.point(t, base, t, 0, works.RANK) for t in TOKENS))
        record["layers"] = self.axis("Layers (random weights, width 768), 64 tokens, 16 masks", (
            self.point(n, self.random_model(n), 64, 16, works.Z) for n in LAYERS))
        record["threads"] = self.axis("Threads, 64 tokens, 16 masks, 13 layers", (
            self.point(n, base, 64, 16, works.Z, n) for n in THREADS))
        return record
