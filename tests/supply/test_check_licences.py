"""script/check-licences passes on the locks as they are, and notices each kind of package that it is there to refuse."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
HASH = "--hash=sha256:" + "0" * 64


class CheckLicences(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.copy = pathlib.Path(folder.name) / "copy"
        for name in ("tokenizer/Cargo.toml", "tokenizer/Cargo.lock", "web/package.json", "web/package-lock.json",
                     "tests/browser/package.json", "tests/browser/package-lock.json"):
            (self.copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, self.copy / name)
        self.tools = pathlib.Path(folder.name) / "tools"
        self.tools.mkdir()
        self.let_cargo_know("MIT OR Apache-2.0")

    def let_cargo_know(self, licence):
        """A cargo that knows one crate: what cargo says of the real ones, script/lint asks."""
        metadata = {"packages": [{"name": "planted", "version": "1.0.0", "source": "registry+x", "license": licence}]}
        (self.tools / "metadata").write_text(json.dumps(metadata), encoding="utf-8")
        (self.tools / "cargo").write_text(f'#!/bin/sh\nexec cat "{self.tools}/metadata"\n', encoding="utf-8")
        (self.tools / "cargo").chmod(0o755)

    def check(self):
        path = f"{self.tools}{os.pathsep}{os.environ['PATH']}"
        return subprocess.run([sys.executable, ROOT / "script/check-licences", self.copy], capture_output=True, text=True, check=False, env={**os.environ, "PATH": path})

    def assert_refused(self, *complaints):
        result = self.check()
        self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
        self.assertEqual(result.stdout.splitlines(), list(complaints))

    def edit(self, name, pattern, replacement):
        path = self.copy / name
        text, count = re.subn(pattern, replacement, path.read_text(encoding="utf-8"), count=1)
        self.assertEqual(count, 1, pattern)
        path.write_text(text, encoding="utf-8")

    def edit_lock(self, name, package, **members):
        path = self.copy / name
        lock = json.loads(path.read_text(encoding="utf-8"))
        lock["packages"][f"node_modules/{package}"].update(members)
        path.write_text(json.dumps(lock), encoding="utf-8")

    def test_the_locks_as_they_are(self):
        result = self.check()
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertRegex(result.stdout, r"^licences: 1 crates, \d+ npm packages, \d+ Python packages, all allowed and locked")

    def test_licences_of_crates(self):
        for licence in ("GPL-3.0-only", "MIT AND GPL-2.0-only", "(MIT OR Zlib) AND LGPL-3.0", None):
            self.let_cargo_know(licence)
            self.assert_refused(f"planted 1.0.0: {licence or 'names no licence'}")
        for licence in ("MIT/Apache-2.0", "GPL-2.0-only OR MIT", "(GPL-3.0-only OR MIT) AND ISC"):
            self.let_cargo_know(licence)
            self.assertEqual(self.check().returncode, 0, licence)

    def test_peers_may_have_what_we_may_not(self):
        for folder, allowed in (("bench/peers", True), ("python", False)):
            path = self.copy / folder / "requirements.txt"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"tqdm==4.67.1 {HASH}  # licence: MPL-2.0 AND MIT\n", encoding="utf-8")
            if allowed:
                self.assertEqual(self.check().returncode, 0)
                path.write_text(f"tqdm==4.67.1 {HASH}  # licence: AGPL-3.0-only\n", encoding="utf-8")
                self.assert_refused("tqdm 4.67.1: AGPL-3.0-only")
                path.unlink()
            else:
                self.assert_refused("tqdm 4.67.1: MPL-2.0 AND MIT")

    def test_crates_that_are_not_locked(self):
        lock = "tokenizer/Cargo.lock"
        self.edit(lock, r'(name = "aho-corasick"\nversion = "([^"]*)"\nsource = .*\n)checksum = .*\n', r"\1")
        version = re.search(r'name = "aho-corasick"\nversion = "(.*)"', (self.copy / lock).read_text())[1]
        self.assert_refused(f"aho-corasick {version}: no checksum in Cargo.lock")
        self.edit(lock, r'(name = "aho-corasick"\nversion = ".*"\nsource = ").*"', r'\1git+https://example.org/x"')
        self.assert_refused(f"aho-corasick {version}: from git+https://example.org/x, not from the registry")

    def test_npm_packages(self):
        for lock, package in (("web/package-lock.json", "zrender"), ("tests/browser/package-lock.json", "playwright-core")):
            version = json.loads((self.copy / lock).read_text())["packages"][f"node_modules/{package}"]["version"]
            self.edit_lock(lock, package, license="AGPL-3.0")
            self.assert_refused(f"{package} {version}: AGPL-3.0")
            self.edit_lock(lock, package, license="MIT", integrity="")
            self.assert_refused(f"{package} {version}: no hash in {pathlib.Path(lock).parent.name}/package-lock.json")
            shutil.copy(ROOT / lock, self.copy / lock)
        self.edit("web/package.json", r'"echarts": "', '"echarts": "^')
        self.assert_refused(f"echarts ^{json.loads((ROOT / 'web/package.json').read_text())['dependencies']['echarts']}: "
                            "not one version in web/package.json")

    def test_python_packages(self):
        requirements = self.copy / "bench/requirements.txt"
        requirements.parent.mkdir()
        cases = {
            f"good==1.2 {HASH}  # licence: MIT": None,
            f"good==1.2 \\\n    {HASH} \\\n    {HASH}  # licence: BSD-3-Clause": None,
            f"bad==1.2 {HASH}  # licence: GPL-3.0-only": "bad 1.2: GPL-3.0-only",
            f"bad==1.2 {HASH}": "bad 1.2: names no licence",
            "bad==1.2  # licence: MIT": "bad 1.2: no hash in requirements.txt",
            f"bad>=1.2 {HASH}  # licence: MIT": "bad>=1.2: not one version in requirements.txt",
        }
        for line, complaint in cases.items():
            with self.subTest(line):
                requirements.write_text(f"# why\n--only-binary :all:\n{line}\n", encoding="utf-8")
                if complaint:
                    self.assert_refused(complaint)
                else:
                    self.assertEqual(self.check().returncode, 0)


if __name__ == "__main__":
    unittest.main()
