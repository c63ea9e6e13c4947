"""Starts the contenders of a section, checks their answers, times them in alternation."""

import json
import os
import time

import check
import operations
import works
from contender import Contender, Failed, whole_process

OURS = "logitlens"
PEER_FILES = {works.LOOP: "pytorch_loop", works.BATCHED: "pytorch_batched",
              works.TRANSFORMER_LENS: "transformer_lens_bridge", works.ORT: "onnx_runtime",
              works.OPENVINO: "openvino_runtime"}
PAUSE = 0.2  # seconds: threads that wait for more work spin for a while before they sleep


class Bench:
    """Where everything is, and the steady program that tokenizes."""

    def __init__(self, root, build, python, models):
        self.root, self.build, self.python, self.models = root, build, python, models
        self.logs = os.path.join(root, "build/bench/logs")
        self.exports = os.path.join(root, "build/bench/exports")
        os.makedirs(self.logs, exist_ok=True)

    def start(self, name, command):
        return Contender(name, command, os.path.join(self.logs, name.replace(" ", "-") + ".log"))

    def ours(self, section, threads=None, name=OURS):
        threads = str(threads or section.threads)
        return self.start(name, [f"{self.build}/logitlens_steady", self.models[section.model], threads])

    def peer_command(self, peer, section):
        return [self.python, f"{self.root}/bench/peers/{PEER_FILES[peer]}.py", self.models[section.model],
                "--threads", str(section.threads), "--exports", self.exports]

    def config(self, section):
        with open(os.path.join(self.models[section.model], "config.json"), encoding="utf-8") as file:
            return json.load(file)


def measure(bench, section, rounds, say):
    """The record of a section: seconds by contender and round, peaks in MiB, agreement, versions, what was skipped."""
    main = bench.ours(section)
    ours, peers = works.work_of(section, main)
    config = bench.config(section)
    record = {"title": section.title.format(layers=config["num_hidden_layers"] + 1), "rounds": rounds,
              "tokens": len(peers["ids"]), "rows": len(peers["masks"]) or len(peers["ids"]), "model": section.model,
              "skipped": {}, "versions": {}, "agreement": {}, "seconds": {}, "peak_mib": {}, "gflops": {}}
    if section.masked:
        record["operations"] = operations.products_of(config, len(peers["ids"]), len(peers["masks"]))
    record["weights_mib"] = os.path.getsize(os.path.join(bench.models[section.model], "model.safetensors")) / 2**20
    if section.whole_process:
        main.end()
        measure_processes(bench, section, ours, peers, record, say)
    else:
        measure_steady(bench, section, main, ours, peers, record, say)
    return record


def measure_steady(bench, section, main, ours, peers, record, say):
    contenders = [main]
    if section.screened and "refused" not in main.ask(do="prepare", work=dict(ours, logits="screened")):
        ours = dict(ours, logits="screened")
    record["logits"] = ours["logits"]
    record["versions"].update(main.ask(do="prepare", work=ours)["versions"])
    reference = main.ask(do="answer")
    for name in section.peers:
        try:
            peer = bench.start(name, bench.peer_command(name, section))
            record["versions"].update(peer.ask(do="prepare", work=peers)["versions"])
            record["agreement"][name] = check.compare(name, reference, peer.ask(do="answer"))
        except Failed as failure:
            record["skipped"][name] = str(failure)
            continue
        say(f"  {name} agrees: {record['agreement'][name]}")
        contenders.append(peer)
    for extra in section.extra:
        variant = variant_of(bench, section, extra, ours, reference, record)
        if variant:
            contenders.append(variant)
    limits = [bench.start(f"GEMM peak, {n} thread{'s' * (n > 1)}", [f"{bench.build}/logitlens_gemm_peak", str(n)])
              for n in sorted({1, section.threads})]
    for contender in contenders:
        if section.warm:
            contender.ask(do="run", times=section.warm)
    alternate(contenders, limits, record, say)
    for contender in contenders:
        record["peak_mib"][contender.name] = contender.peak_mib()
    for contender in [*contenders, *limits]:
        contender.end()


def variant_of(bench, section, extra, ours, reference, record):
    """Our side in another way: "1 thread", "int8"; None with the reason in the record where it is refused."""
    name = f"{OURS}, {extra}"
    variant = bench.ours(section, 1 if extra == "1 thread" else None, name)
    changes = {"int8": {"precision": "int8"}, "all logits": {"logits": "all"}}
    work = dict(ours, **changes.get(extra, {}))
    reply = variant.ask(do="prepare", work=work)
    if "refused" in reply:
        record["skipped"][name] = reply["refused"]
        variant.end()
        return None
    answer = variant.ask(do="answer")
    if extra == "int8":
        record["agreement"][name] = {"last layer's best token": check.last_layer_agreement(reference, answer),
                                     "largest z difference": check.largest_z_difference(reference, answer)}
    else:
        record["agreement"][name] = check.compare(name, reference, answer)
    return variant


def alternate(contenders, limits, record, say):
    """One run of each in turn, round after round."""
    for contender in contenders:
        record["seconds"][contender.name] = []
    for limit in limits:
        record["gflops"][limit.name] = []
    for _ in range(record["rounds"]):
        for contender in contenders:
            time.sleep(PAUSE)
            record["seconds"][contender.name] += contender.ask(do="run", times=1)["seconds"]
        for limit in limits:
            time.sleep(PAUSE)
            reply = limit.ask(do="run", times=1)
            record["gflops"][limit.name].append(reply["operations"] / reply["seconds"][0] / 1e9)
    for name, seconds in record["seconds"].items():
        say(f"  {name:24} {sorted(seconds)[len(seconds) // 2]:9.4f} s")


def measure_processes(bench, section, ours, peers, record, say):
    """Whole processes, from start to end, the page cache warm."""
    path = os.path.join(bench.root, "build/bench/work.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(peers, file)
    commands = {OURS: [f"{bench.build}/logitlens", "sweep", bench.models[section.model], ours["text"], "--format", "json",
                       "--threads", str(section.threads)]}
    for name in section.peers:
        commands[name] = [*bench.peer_command(name, section), "--once", path]
    printed = {name: json.loads(whole_process(command)[2]) for name, command in commands.items()}
    printed[OURS] = {name: [row[name] for row in printed[OURS]["rows"]] for name in section.statistics}
    for name in section.peers:
        record["agreement"][name] = check.compare(name, printed[OURS], printed[name])
    record["seconds"] = {name: [] for name in commands}
    record["peak_mib"] = {name: 0 for name in commands}
    for _ in range(record["rounds"]):
        for name, command in commands.items():
            seconds, peak, _ = whole_process(command)
            record["seconds"][name].append(seconds)
            record["peak_mib"][name] = max(record["peak_mib"][name], peak)
    for name, seconds in record["seconds"].items():
        say(f"  {name:24} {sorted(seconds)[len(seconds) // 2]:9.4f} s")
