"""script/check-levels passes on the tree as it is, and notices every kind of violation when one is planted in a copy."""

import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


class CheckLevels(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.copy = pathlib.Path(folder.name)
        for name in ("include", "src", "cli"):
            shutil.copytree(ROOT / name, self.copy / name)
        (self.copy / "docs").mkdir()
        shutil.copy(ROOT / "docs/architecture.md", self.copy / "docs")

    def check(self):
        return subprocess.run(
            [sys.executable, ROOT / "script/check-levels", self.copy], capture_output=True, text=True, check=False
        )

    def assert_noticed(self, path, line, complaint):
        planted = self.copy / path
        planted.parent.mkdir(parents=True, exist_ok=True)
        planted.write_text(f"// planted\n{line}\n", encoding="utf-8")
        result = self.check()
        self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
        self.assertIn(complaint, result.stdout)
        self.assertEqual(result.stdout.count("\n"), 1, result.stdout)

    def test_the_tree_itself(self):
        result = self.check()
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def test_a_folder_above(self):
        self.assert_noticed("src/kernels/planted.cpp", '#include "model/weights.h"', "src/kernels/planted.cpp:2: ")

    def test_a_folder_above_from_a_nested_folder(self):
        self.assert_noticed("src/lens/stats/planted.cpp", '#  include "engine/sweep_plan.h"', "above lens")

    def test_the_types_know_no_implementation(self):
        self.assert_noticed("include/logitlens/planted.h", '#include "base/matrix.h"', "is not public")

    def test_a_third_party_type_in_a_public_header(self):
        self.assert_noticed("include/logitlens/planted.h", "#include <nlohmann/json.hpp>", "standard library")

    def test_an_internal_header_in_the_program(self):
        self.assert_noticed("cli/planted.cpp", '#include "render/writer.h"', "cli/planted.cpp:2: ")

    def test_a_way_around_the_folders(self):
        self.assert_noticed("src/base/planted.h", '#include "../model/weights.h"', "src/base/planted.h:2: ")

    def test_ours_written_as_if_it_were_not(self):
        self.assert_noticed("src/base/planted.h", "#include <model/weights.h>", "ours")

    def test_the_tokenizer_outside_text(self):
        self.assert_noticed("src/model/planted.cpp", '#include "logitlens_tokenizer.h"', "only src/text")

    def test_a_folder_nobody_wrote_down(self):
        self.assert_noticed("src/helpers/planted.h", "", "src/helpers: not a level")


if __name__ == "__main__":
    unittest.main()
