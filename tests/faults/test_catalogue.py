"""Every clause of the catalogue, by the program: exit code, file, field, what was found, what to do; and nothing touched."""

import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "cli"))

import of_bundle
import of_model
import of_safetensors
import of_system
import of_text
from checkpoint import Checkpoint
from clauses import CLAUSES
from entries import OLD_OUTPUT, STANDARD, Accepted, Case, Elsewhere, Later
from program import ProgramTest, run

CATALOGUE = {
    "safetensors": of_safetensors.ENTRIES,
    "bundle": of_bundle.ENTRIES,
    "weights": of_model.WEIGHT_ENTRIES,
    "config": of_model.CONFIG_ENTRIES,
    "vocabulary, tokenizer": of_text.TOKENIZER_ENTRIES,
    "text": of_text.TEXT_ENTRIES,
    "disk, memory, signals": of_system.SYSTEM_ENTRIES,
    "download": of_system.DOWNLOAD_ENTRIES,
    "HTTP server": of_system.SERVER_ENTRIES,
    "HTML report": of_system.REPORT_ENTRIES,
}


def snapshot(folder):
    """Every file below, its bytes, and when it was written."""
    return {path: (path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else None) for path in folder.rglob("*")}


class Catalogue(ProgramTest):
    maxDiff = 2000

    def prepare(self, entry):
        """A broken model, and a folder of outputs that holds one from before."""
        checkpoint = Checkpoint(self.folder / "model", entry.golden)
        if entry.change:
            entry.change(checkpoint)
        outputs = self.folder / "outputs"
        outputs.mkdir()
        (outputs / "old.json").write_text("mine")
        return checkpoint

    def named(self, text):
        """With the places of this test in it: {model}, {old}, an output from before, {new}, one without its suffix."""
        for name, path in (("model", "model"), ("old", "outputs/old.json"), ("new", "outputs/new")):
            text = text.replace("{%s}" % name, str(self.folder / path))
        return text

    def call(self, entry, *options):
        return run(*map(self.named, entry.command + options), stdin=entry.stdin)

    def place(self, case):
        """What the message begins with."""
        if case.file is None:
            return ""
        inside = case.file != STANDARD and "{" not in case.file
        return (self.named(f"{{model}}/{case.file}".rstrip("/")) if inside else self.named(case.file)) + ": "

    def refuse(self, case):
        self.prepare(case)
        before = snapshot(self.folder)
        writes = case.command[0] == "sweep" and "-o" not in case.command
        options = ("-o", "{new}.json", "-o", OLD_OUTPUT, "--force") if writes else ()
        result = self.call(case, *options)
        self.assert_error(result, case.code, case.field, case.found, case.remedy)
        message = result.stderr.decode()
        self.assertTrue(message.startswith(f"error: {self.place(case)}{case.field}"), message)
        for part in case.absent:
            self.assertNotIn(part, message)
        after = snapshot(self.folder)
        self.assertEqual(set(after), set(before), "files appeared or vanished")
        self.assertEqual(after, before, "a file was touched")

    def accept(self, case):
        checkpoint = self.prepare(case)
        before = snapshot(checkpoint.folder)
        result = self.call(case)
        output = self.assert_succeeds(result)
        for part in case.said:
            self.assertIn(part, (output + result.stderr).decode())
        for part in case.absent:
            self.assertNotIn(part, output.decode())
        self.assertEqual(snapshot(checkpoint.folder), before, "a file of the model was touched")
        if case.same_as_unchanged:
            checkpoint.folder.rename(self.folder / "broken")
            Checkpoint(checkpoint.folder, case.golden)
            self.assertEqual(output, self.assert_succeeds(self.call(case)))

    def refer(self, entry):
        if not (ROOT / entry.file).exists():
            self.skipTest(f"{entry.file} is not merged yet")
        text = (ROOT / entry.file).read_text(encoding="utf-8")
        self.assertIn(entry.name, text)


class Completeness(unittest.TestCase):
    def test_every_clause_has_its_entry(self):
        self.assertEqual(list(CATALOGUE), list(CLAUSES))
        for section, clauses in CLAUSES.items():
            named = {entry.clause for entry in CATALOGUE[section]}
            self.assertEqual(sorted(named), sorted(clauses), section)
            self.assertEqual(len(clauses), len(set(clauses)), section)

    def test_a_clause_that_is_put_off_has_no_case(self):
        for section, entries in CATALOGUE.items():
            later = {entry.clause for entry in entries if isinstance(entry, Later)}
            self.assertFalse(later & {entry.clause for entry in entries if not isinstance(entry, Later)}, section)
            self.assertTrue(all(entry.reason for entry in entries if isinstance(entry, Later)), section)

    def test_a_refusal_says_where_and_what_to_do(self):
        """A part that is empty would be in any message: an entry asserts something of each kind, or says of itself that it cannot."""
        for entries in CATALOGUE.values():
            for case in entries:
                if isinstance(case, Case):
                    self.assertTrue(case.found, case.name)
                    self.assertTrue(case.remedy, case.name)
                    self.assertTrue(case.field or case.file is not None, case.name)


def add_tests():
    kinds = {Case: Catalogue.refuse, Accepted: Catalogue.accept, Elsewhere: Catalogue.refer}
    for section, entries in CATALOGUE.items():
        for number, entry in enumerate(entries):
            if isinstance(entry, Later):
                continue
            label = entry.name if isinstance(entry, (Case, Accepted)) else number
            name = f"test_{section.replace(', ', '_').replace(' ', '_')}_{label}"
            assert not hasattr(Catalogue, name), name
            setattr(Catalogue, name, lambda self, entry=entry, check=kinds[type(entry)]: check(self, entry))


add_tests()

if __name__ == "__main__":
    unittest.main()
