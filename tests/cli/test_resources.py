"""What the machine may refuse or take back: memory, disk, the model's files, and the time to finish."""

import array
import json
import os
import pathlib
import resource
import shutil
import signal
import struct
import subprocess
import time
import unittest

from program import BINARY, VERSE, ProgramTest, run

DEMO = pathlib.Path(__file__).resolve().parents[2] / "data" / "demo"
FAILING_NEW = os.environ.get("LOGITLENS_FAILING_NEW")  # to preload; not there in a build with sanitizers
BESIDE_WEIGHTS = {"config.json", "tokenizer_config.json", "vocab.txt"}  # what `convert` writes first, each file whole
LONG = (" ".join([VERSE] * 30), "--max-length", "window")  # seconds of work for `sweep`


def start(*arguments, ignored=()):
    """A running command, with the dispositions of signals that a terminal's would have."""

    def prepare():
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN if number in ignored else signal.SIG_DFL)

    return subprocess.Popen([BINARY, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=prepare)


def wait_until(condition, process):
    """Until it holds of the running process; fails if that ends first."""
    while not condition():
        if process.poll() is not None:
            raise AssertionError(f"ended too early: {process.returncode}, {process.stderr.read().decode()}")
        time.sleep(0.005)


def seconds_used(process):
    fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def has_mapped(process, path):
    try:
        return str(path) in pathlib.Path(f"/proc/{process.pid}/maps").read_text()
    except OSError:
        return False


def finished(process):
    """As `run` gives it."""
    out, errors = process.communicate(timeout=300)
    return subprocess.CompletedProcess(process.args, process.returncode, out, errors)


def in_mounted_folder(folder, options, *command):
    """Runs a command while `folder` is a file system of its own, in a mount namespace that goes with it. Gives the result
    and what was in the folder then; None where this user may not mount."""
    listing = folder.with_name("listing")
    script = (
        f'mount -t tmpfs -o {options} none "{folder}" || exit 99\n'
        f'"$@"\ncode=$?\nls -A "{folder}" >"{listing}"\nexit $code'
    )
    user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    result = subprocess.run(["unshare", *user, "--mount", "sh", "-c", script, "sh", *command], stdin=subprocess.DEVNULL, capture_output=True, timeout=300)
    if not listing.exists():
        return None, result.stderr.decode()
    return result, listing.read_text().split()


class Disk(ProgramTest):
    def setUp(self):
        super().setUp()
        self.table = self.folder / "saved.json"
        self.assert_succeeds(run("sweep", "demo", VERSE, "-o", str(self.table)))

    def commands(self, folder):
        """Everything that writes files, with what it writes."""
        small, large = str(folder / "a.json"), str(folder / "b.html")
        yield "sweep", "demo", VERSE, "-o", large
        yield "sweep", "demo", VERSE, "-o", str(folder / "c.png")
        yield "trace", "demo", VERSE, "-o", str(folder / "t.svg")
        yield "ladder", "demo", VERSE, "-o", small
        yield "render", str(self.table), "-o", large
        yield "dump", "demo", VERSE, "-o", str(folder / "s.safetensors")
        yield "convert", "demo", str(folder)

    def test_a_full_disk_leaves_nothing(self):
        folder = self.folder / "disk"
        folder.mkdir()
        for command in self.commands(folder):
            with self.subTest(command[0]):
                result, files = in_mounted_folder(folder, "size=16k", BINARY, *command)
                if result is None:
                    self.skipTest(f"no right to mount: {files}")
                self.assert_error(result, 4, "No space left", "Free some space")
                self.assertLessEqual(set(files), BESIDE_WEIGHTS if command[0] == "convert" else set())

    def test_a_file_size_limit_is_a_full_disk(self):
        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

        before = set(os.listdir(self.folder))
        for command in self.commands(self.folder):
            with self.subTest(command[0]):
                self.assert_error(run(*command, preexec_fn=limit), 4, "Free some space")
        self.assertEqual(set(os.listdir(self.folder)) - BESIDE_WEIGHTS, before)

    def test_a_read_only_file_system_is_noticed_before_the_model(self):
        folder = self.folder / "disk"
        folder.mkdir()
        for command in self.commands(folder):
            if command[0] in ("convert", "render"):
                continue
            with self.subTest(command[0]):
                arguments = [str(self.folder / "no-model") if a == "demo" else a for a in command]
                result, files = in_mounted_folder(folder, "ro,size=16k", BINARY, *arguments)
                if result is None:
                    self.skipTest(f"no right to mount: {files}")
                self.assert_error(result, 4, str(folder), "cannot be written to")
                self.assertEqual(files, [])

    def test_a_read_only_folder_is_noticed_before_the_model(self):
        folder = self.folder / "out"
        folder.mkdir(mode=0o555)
        self.folder.chmod(0o755)

        def nobody():  # root may write anywhere
            if os.geteuid() == 0:
                os.setuid(65534)

        try:
            result = run("sweep", "no-model", VERSE, "-o", str(folder / "a.json"), preexec_fn=nobody)
        except PermissionError:
            self.skipTest("the program lies where only root may run it")
        self.assert_error(result, 4, "a.json", "cannot be written to")

    def test_a_reader_that_went_away_is_no_error(self):
        commands = [
            ("sweep", "demo", VERSE, "--quiet"),
            ("sweep", "demo", VERSE, "--quiet", "--format", "html"),
            ("trace", "demo", VERSE, "--quiet"),
            ("ladder", "demo", VERSE, "--quiet", "--format", "json"),
            ("render", str(self.table), "--quiet"),
            ("inspect", "demo", "--quiet"),
            ("verify", "demo"),
            ("models",),
            ("--help",),
            ("sweep", "--help"),
            ("--version",),
        ]
        for command in commands:
            with self.subTest(command):
                reader, writer = os.pipe()
                os.close(reader)
                result = subprocess.run([BINARY, *command], stdin=subprocess.DEVNULL, stdout=writer, stderr=subprocess.PIPE, timeout=120)
                os.close(writer)
                self.assertEqual((result.returncode, result.stderr), (0, b""))

    def test_files_are_written_though_the_reader_went_away(self):
        reader, writer = os.pipe()
        os.close(reader)
        path = self.folder / "a.json"
        command = [BINARY, "sweep", "demo", VERSE, "-o", str(path), "--format", "text"]
        self.assertEqual(subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, timeout=120).returncode, 0)
        os.close(writer)
        json.loads(path.read_text())


def write_as_float32(source, target):
    """The same weights, of a type that is computed with where it lies in the file."""
    data = source.read_bytes()
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    body = data[8 + length :]
    for name, tensor in header.items():
        if name != "__metadata__":
            assert tensor["dtype"] == "F16", name
            tensor["dtype"] = "F32"
            tensor["data_offsets"] = [2 * offset for offset in tensor["data_offsets"]]
    text = json.dumps(header).encode()
    values = array.array("f", struct.unpack(f"<{len(body) // 2}e", body))
    target.write_bytes(len(text).to_bytes(8, "little") + text + values.tobytes())


class ModelFiles(ProgramTest):
    """The model's files, changed while they are read."""

    def setUp(self):
        super().setUp()
        self.model = self.folder / "model"
        shutil.copytree(DEMO, self.model)
        self.weights = self.model / "model.safetensors"
        self.complete = self.folder / "complete.safetensors"
        write_as_float32(DEMO / "model.safetensors", self.complete)
        shutil.copy(self.complete, self.weights)
        self.out = self.folder / "out"
        self.out.mkdir()

    def start_reading(self):
        process = start("sweep", str(self.model), *LONG, "-o", str(self.out / "a.json"))
        wait_until(lambda: has_mapped(process, self.weights) and seconds_used(process) > 0.2, process)
        return process

    def test_weights_truncated_during_a_run(self):
        for size in (4096, self.weights.stat().st_size // 2, 0):
            with self.subTest(size):
                shutil.copy(self.complete, self.weights)
                process = self.start_reading()
                os.truncate(self.weights, size)
                self.assert_error(finished(process), 4, "model.safetensors", "truncated", "try again")
                self.assertEqual(os.listdir(self.out), [])

    def test_weights_written_to_during_a_run(self):
        process = self.start_reading()
        with open(self.weights, "r+b") as file:
            file.seek(-4, os.SEEK_END)
            file.write(b"\0\0\0\0")
        self.assert_error(finished(process), 4, "model.safetensors", "written to while it was read")
        self.assertEqual(os.listdir(self.out), [])

    def test_weights_replaced_by_another_file_during_a_run_are_the_old_ones(self):
        process = self.start_reading()
        other = self.model / "other"
        other.write_bytes(b"something else")
        other.rename(self.weights)
        self.assert_succeeds(finished(process))
        table = json.loads((self.out / "a.json").read_text())
        self.assertEqual(table["model"]["layers"], 12)


class Signals(ProgramTest):
    def test_an_interrupted_pass_ends_at_once_and_leaves_nothing(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(number.name):
                process = start("sweep", "demo", *LONG, "-o", str(self.folder / "a.json"), "-o", str(self.folder / "b.html"))
                wait_until(lambda: seconds_used(process) > 0.5, process)
                before = seconds_used(process)
                process.send_signal(number)
                status, usage = os.wait4(process.pid, 0)[1:]
                process.returncode = os.waitstatus_to_exitcode(status)
                result = finished(process)
                self.assertEqual((result.returncode, result.stdout, result.stderr), (128 + number, b"", b""))
                self.assertLess(usage.ru_utime + usage.ru_stime - before, 2)
                self.assertEqual(os.listdir(self.folder), [])

    def test_ignored_signals_stay_ignored(self):
        process = start("sweep", "demo", *LONG, "-o", str(self.folder / "a.json"), ignored=(signal.SIGHUP,))
        wait_until(lambda: seconds_used(process) > 0.2, process)
        process.send_signal(signal.SIGHUP)
        self.assert_succeeds(finished(process))
        json.loads((self.folder / "a.json").read_text())

    def test_at_any_moment_files_are_whole_or_not_there(self):
        complete = {
            "a.json": lambda data: json.loads(data)["rows"],
            "b.html": lambda data: data.rstrip().endswith(b"</html>"),
            "c.png": lambda data: data.endswith(b"IEND\xaeB`\x82"),
            "d.pdf": lambda data: data.rstrip().endswith(b"%%EOF"),
        }
        outputs = [part for name in complete for part in ("-o", str(self.folder / name))]
        begin = time.monotonic()
        self.assert_succeeds(run("sweep", "demo", VERSE, *outputs))
        duration = time.monotonic() - begin
        ended = set()
        for step in range(30):
            shutil.rmtree(self.folder)
            self.folder.mkdir()
            process = start("sweep", "demo", VERSE, *outputs)
            time.sleep(duration * step / 28)
            process.send_signal((signal.SIGTERM, signal.SIGINT)[step % 2])
            result = finished(process)
            ended.add(result.returncode)
            for name in os.listdir(self.folder):
                self.assertIn(name, complete)
                self.assertTrue(complete[name]((self.folder / name).read_bytes()), name)
        # Before main has begun, a signal does what it does by itself.
        self.assertLessEqual(ended, {0, 130, 143, -signal.SIGINT, -signal.SIGTERM})
        self.assertTrue(ended & {130, 143})


class Memory(ProgramTest):
    @unittest.skipUnless(FAILING_NEW, "a build with sanitizers has an allocator of its own")
    def test_allocations_of_ours_that_fail(self):
        """The first 40 allocations that the program itself makes, and 40 spread over all, once and for good."""
        saved = self.folder / "saved.json"
        self.assert_succeeds(run("sweep", "demo", "In the beginning", "-o", str(saved)))
        out = self.folder / "out"
        commands = [
            ("sweep", "demo", "In the beginning", "--threads", "1", "-o", str(out / "a.json")),
            ("trace", "demo", "In the beginning", "--threads", "1", "-o", str(out / "a.svg")),
            ("ladder", "demo", "In the beginning", "--threads", "1", "-o", str(out / "a.html")),
            ("render", str(saved), "-o", str(out / "a.pdf"), "-o", str(out / "a.png")),
            ("dump", "demo", "In the beginning", "--threads", "1", "-o", str(out / "s.safetensors")),
            ("inspect", "demo"),
            ("models",),
            ("sweep", "--help"),
        ]
        count_file = self.folder / "count"
        for command in commands:
            shutil.rmtree(out, ignore_errors=True)
            out.mkdir()
            settings = {"LD_PRELOAD": FAILING_NEW, "LOGITLENS_TEST_COUNT_FILE": str(count_file)}
            self.assert_succeeds(run(*command, environment=settings | {"LOGITLENS_TEST_FAIL_ALLOCATION": "0"}))
            count = int(count_file.read_text())
            complete = sorted(os.listdir(out))
            refused = 0
            for n in sorted({*range(1, 41), *(1 + i * count // 40 for i in range(40))}):
                for for_good in (False, True):
                    with self.subTest(command[0], n=n, of=count, for_good=for_good):
                        shutil.rmtree(out)
                        out.mkdir()
                        failing = {"LOGITLENS_TEST_FAIL_ALLOCATION": str(n)} | ({"LOGITLENS_TEST_FAIL_ALL": "1"} if for_good else {})
                        result = run(*command, environment=settings | failing)
                        files = sorted(os.listdir(out))
                        if result.returncode == 0:
                            self.assertEqual(files, complete)
                        else:
                            refused += 1
                            self.assert_error(result, 7, "memory")
                            self.assertLessEqual(set(files), set(complete))
            self.assertGreater(refused, 40, command)

    @unittest.skipUnless(FAILING_NEW, "sanitizers take terabytes of address space")
    def test_a_limited_address_space(self):
        """From too little for the command to start, in steps, to enough. What a dependency does in between is its own affair
        (docs/robustness.md); nothing half-written, and no fault of ours."""
        aborts = {-signal.SIGABRT: b"memory allocation of", -signal.SIGTRAP: b"GLib-ERROR"}
        ended = []
        for megabytes in range(40, 640, 20):
            limit = megabytes << 20
            prepare = lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
            for path in self.folder.iterdir():
                path.unlink()
            outputs = [part for name in ("a.json", "b.png") for part in ("-o", str(self.folder / name))]
            result = run("sweep", "demo", VERSE, *outputs, preexec_fn=prepare)
            ended.append(result.returncode)
            with self.subTest(megabytes):
                if result.returncode == 7:
                    self.assert_error(result, 7, "memory")
                elif result.returncode in aborts:
                    self.assertIn(aborts[result.returncode], result.stderr)
                elif result.returncode == 127:
                    self.assertIn(b"error while loading shared libraries", result.stderr)
                else:
                    self.assert_succeeds(result)
                for path in self.folder.iterdir():
                    self.assertFalse(path.name.startswith("."), path.name)
        self.assertEqual(ended[-1], 0)
        self.assertIn(7, ended)


if __name__ == "__main__":
    unittest.main()
