"""The bugs that tests/mutations/run plants still have a place in the source; planting them is done by hand."""

import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "mutations"))

from mutations import MUTATIONS


class Mutations(unittest.TestCase):
    def test_each_has_its_place_and_tests_that_notice(self):
        self.assertGreaterEqual(len(MUTATIONS), 20)
        self.assertEqual(len({mutation.name for mutation in MUTATIONS}), len(MUTATIONS))
        for mutation in MUTATIONS:
            with self.subTest(mutation.name):
                source = (ROOT / mutation.file).read_text(encoding="utf-8")
                self.assertEqual(source.count(mutation.old), 1, mutation.file)
                self.assertNotEqual(mutation.old, mutation.new)
                self.assertTrue(mutation.unit or mutation.program)
                for module in mutation.program:
                    self.assertTrue((ROOT / "tests" / f"{module}.py").exists(), module)


if __name__ == "__main__":
    unittest.main()
