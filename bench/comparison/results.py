"""bench/RESULTS.md from the records of the sections."""

import os
import platform
import statistics
import subprocess

import works

OURS = "logitlens"


def median(values):
    return statistics.median(values)


def quartiles(values):
    if len(values) < 2:
        return values[0], values[0]
    first, _, third = statistics.quantiles(values, n=4, method="inclusive")
    return first, third


def ratios(record, name):
    """How many times as long as ours, round by round."""
    return [theirs / ours for theirs, ours in zip(record["seconds"][name], record["seconds"][OURS])]


def ratio(record, name):
    return median(ratios(record, name))


def gemm_peak(record):
    """Median GFLOPS by number of threads."""
    return {int(name.split()[2]): median(values) for name, values in record["gflops"].items()}


def share_of_peak(record):
    """Of float32 products, so of the run that makes all logits by them."""
    seconds = record["seconds"].get(f"{OURS}, all logits", record["seconds"][OURS])
    return record["operations"] / median(seconds) / 1e9 / gemm_peak(record)[2]


def processor():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        return next((line.split(":")[1].strip() for line in file if line.startswith("model name")), platform.machine())


def revision(root):
    command = ["git", "-C", root, "describe", "--always", "--dirty", "--exclude=*"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    return found.stdout.strip() or "unknown"


def machine():
    cores = len(os.sched_getaffinity(0))
    return {"processor": processor(), "cores": cores, "system": platform.platform(), "python": platform.python_version()}


def number(value):
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"


def section_lines(record):
    yield f"## {record['title']}"
    yield ""
    yield "| | median | fastest | times as long as logitlens (quartiles) | peak memory |"
    yield "|---|---:|---:|---:|---:|"
    for name, seconds in record["seconds"].items():
        low, high = quartiles(ratios(record, name))
        compared = "1" if name == OURS else f"**{ratio(record, name):.2f}** ({low:.2f} to {high:.2f})"
        yield (f"| {name} | {median(seconds):.4g} s | {min(seconds):.4g} s | {compared} | "
               f"{record['peak_mib'][name]:.0f} MiB |")
    yield ""
    if record.get("logits") == "screened":
        yield ("logitlens looks at no more logits than z and the best token need (`--logits screened`); it is loaded, so "
               "what that takes once is done.")
    yield f"{record['rounds']} rounds, {record['tokens']} tokens, {record['rows']} rows of the table."
    for name, agreement in record["agreement"].items():
        yield f"{name}: " + ", ".join(f"{key} {number(value)}" for key, value in agreement.items()) + "."
    for name, reason in record["skipped"].items():
        yield f"{name}: not timed: {reason}."
    if record["gflops"]:
        peaks = ", ".join(f"{name.split(', ')[1]} {median(values):.0f} GFLOPS" for name, values in record["gflops"].items())
        yield f"GEMM peak (the faster of oneDNN and ours, 2048 x 768 x 3072) in the same rounds: {peaks}."
    if "operations" in record and record["gflops"]:
        yield (f"Needed: {record['operations'] / 1e9:.0f} GFLOP of products; logitlens, with all logits, does them at "
               f"{share_of_peak(record):.0%} of the peak of two threads.")
    yield ""


def best_peer(record, names=(works.BATCHED, works.ORT, works.OPENVINO)):
    return min(ratio(record, name) for name in names if name in record["seconds"])


def targets(records):
    """(what, found, asked, reached) for each target whose sections were run."""
    def target(section, what, asked, found, shown="{:.2f}x", at_most=False):
        record = records.get(section)
        if not record:
            return
        try:
            value = found(record)
        except KeyError:
            yield what, "not run", shown.format(asked), None
            return
        yield what, shown.format(value), shown.format(asked), value <= asked if at_most else value >= asked

    def beyond_weights(record):
        return record["peak_mib"][OURS] - record["weights_mib"]

    mib = "{:.0f} MiB beyond the weights"
    yield from target("process", "1. whole process, against the notebook's loop", 20, lambda r: ratio(r, works.LOOP))
    yield from target("seed", "2. seed sentence, against the best peer", 1.25, best_peer)
    yield from target("sweep", "2. 128-token sweep, against the best peer", 1.15, best_peer)
    yield from target("lens", "3. unmasked lens, against batched PyTorch", 3, lambda r: ratio(r, works.BATCHED))
    yield from target("lens-all", "3. with log-probability, entropy, KL", 2, lambda r: ratio(r, works.BATCHED))
    yield from target("lens", "3. peak memory", 300, beyond_weights, mib, True)
    yield from target("lens-all", "3. peak memory, all statistics", 300, beyond_weights, mib, True)
    yield from target("sweep", "4. share of the GEMM peak, 128-token sweep", 0.87, share_of_peak, "{:.0%}")
    yield from target("sweep", "5. int8 against our float32", 2.2, lambda r: 1 / ratio(r, f"{OURS}, int8"))
    yield from target("sweep", "5. int8, last layer's best token", 0.98,
                      lambda r: r["agreement"][f"{OURS}, int8"]["last layer's best token"], "{:.1%}")
    yield from target("large-seed", "6. 24 layers, seed sentence, against the best peer", 1.25, best_peer)
    yield from target("large-sweep", "6. 24 layers, sweep, against the best peer", 1.15, best_peer)
    yield from target("large-lens", "6. 24 layers, unmasked lens, against batched PyTorch", 3,
                      lambda r: ratio(r, works.BATCHED))
    yield from target("large-lens", "6. 24 layers, peak memory", 300, beyond_weights, mib, True)
    yield from target("large-sweep", "6. 24 layers, sweep: two threads against one", 1.8,
                      lambda r: ratio(r, f"{OURS}, 1 thread"))
    yield from target("scaling", "6. linear in masks: largest deviation", 0.05, lambda r: r["masks"]["deviation"],
                      "{:.1%}", True)


def document(results, root):
    records, about = results["sections"], results["machine"]
    yield "# Results"
    yield ""
    yield "Written by `script/bench`; figures of one machine in one run, so only the ratios travel."
    yield ""
    yield f"Machine: {about['processor']}, {about['cores']} cores, {about['system']}, Python {about['python']}."
    versions = {key: value for record in records.values() for key, value in record.get("versions", {}).items()}
    yield "Versions: " + ", ".join(f"{key} {value}" for key, value in versions.items()) + f"; commit {revision(root)}."
    yield ("Everything in float32 on two threads unless it says otherwise, one after another in turn, loaded and warm "
           "(steady state) or from start to end (whole process). Before the first run all were asked for their answers: "
           "the best tokens must be the same, z and log-probabilities within 0.001.")
    yield ""
    yield "![How many times as long as logitlens each peer takes](RESULTS.svg)"
    yield ""
    yield "## Targets"
    yield ""
    yield "| target | asked | found | |"
    yield "|---|---:|---:|---|"
    for what, found, asked, reached in targets(records):
        mark = {True: "reached", False: "**not reached**", None: ""}[reached]
        yield f"| {what} | {asked} | {found} | {mark} |"
    yield ""
    for name, record in records.items():
        if name != "scaling":
            yield from section_lines(record)
    if "scaling" in records:
        yield from scaling_lines(records["scaling"])


def scaling_lines(record):
    yield "## How the cost grows"
    yield ""
    for axis in ("masks", "tokens", "layers", "threads"):
        measured = record[axis]
        yield f"{measured['title']}:"
        yield ""
        yield f"| {axis} | " + " | ".join(str(point["at"]) for point in measured["points"]) + " |"
        yield "|---|" + "---:|" * len(measured["points"])
        yield "| seconds | " + " | ".join(f"{point['seconds']:.3g}" for point in measured["points"]) + " |"
        yield "| peak MiB | " + " | ".join(f"{point['peak_mib']:.0f}" for point in measured["points"]) + " |"
        yield ""
        if "deviation" in measured:
            yield f"Largest deviation from a straight line: {measured['deviation']:.1%}."
            yield ""


def write(results, root, path):
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(document(results, root)).rstrip() + "\n")
