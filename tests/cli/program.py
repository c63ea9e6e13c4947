"""Runs the program under test: LOGITLENS_BIN names it."""

import os
import pathlib
import pty
import select
import subprocess
import tempfile
import unittest

BINARY = os.environ.get("LOGITLENS_BIN", "build/release/logitlens")
VERSE = "In the beginning God created the heaven and the earth."


def run(*arguments, stdin=b"", environment=None, **options):
    """The finished process; stdout and stderr as bytes."""
    settings = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "COLORTERM", "COLUMNS")}
    settings.update(environment or {})
    return subprocess.run([BINARY, *arguments], input=stdin, capture_output=True, env=settings, timeout=120, **options)


def run_on_terminal(*arguments, environment=None):
    """What a terminal of 100 columns would receive on standard output, and the exit code."""
    import fcntl
    import struct
    import termios

    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))
    settings = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "COLORTERM")}
    settings.update(environment or {})
    process = subprocess.Popen([BINARY, *arguments], stdin=slave, stdout=slave, stderr=subprocess.PIPE, env=settings)
    os.close(slave)
    output = b""
    while select.select([master], [], [], 60)[0]:
        try:
            block = os.read(master, 65536)
        except OSError:  # the other end is closed
            break
        if not block:
            break
        output += block
    errors = process.stderr.read()
    process.stderr.close()
    os.close(master)
    return process.wait(60), output, errors


class ProgramTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def assert_error(self, result, code, *parts):
        """Exit code, one message of at most three lines that starts with `error: `, and what must be in it."""
        message = result.stderr.decode()
        self.assertEqual(result.returncode, code, message)
        self.assertEqual(result.stdout, b"")
        self.assertTrue(message.startswith("error: "), message)
        self.assertLessEqual(message.count("\n"), 3, message)
        self.assertNotIn("\x1b", message)
        for part in parts:
            self.assertIn(part, message)

    def assert_succeeds(self, result):
        self.assertEqual(result.returncode, 0, result.stderr.decode())
        return result.stdout
