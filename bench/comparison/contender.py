"""A program that does the works on request (the protocol of bench/peers/common.py), and what the system says of it."""

import json
import os
import subprocess
import time


class Failed(Exception):
    """A contender that ended before it replied."""


class Contender:
    """One process. Started idle; `ask` sends a request and waits for the reply."""

    def __init__(self, name, command, log):
        self.name, self.log = name, log
        with open(log, "w", encoding="utf-8") as errors:
            self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
                                            text=True)

    def ask(self, **request):
        try:
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            with open(self.log, encoding="utf-8") as errors:
                lines = errors.read().strip().splitlines() or ["it said nothing"]
            raise Failed(f"{self.name} ended with exit code {self.process.wait()}: {lines[-1]}")
        return json.loads(line)

    def peak_mib(self):
        """The most memory that was resident at once since the process began."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:")) / 1024

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def whole_process(command):
    """Seconds and peak memory in MiB of a process from start to end, and what it printed."""
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    printed = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise Failed(f"exit code {process.returncode}: {' '.join(command)}")
    return seconds, usage.ru_maxrss / 1024, printed
