"""Files and streams: written whole or not at all, never over something without being told to."""

import json
import os
import pathlib
import shutil
import subprocess
import time
import unittest

from program import BINARY, VERSE, ProgramTest, run


class Outputs(ProgramTest):
    def test_files_by_suffix_and_an_empty_standard_output(self):
        paths = [self.folder / name for name in ("a.json", "a.ndjson", "a.csv", "a.txt", "a.html")]
        options = [part for path in paths for part in ("-o", str(path))]
        self.assertEqual(self.assert_succeeds(run("sweep", "demo", VERSE, *options)), b"")
        self.assertEqual(json.loads(paths[0].read_text())["schema"], "logitlens/1")
        self.assertTrue(paths[4].read_text().startswith("<!DOCTYPE html>"))
        self.assertEqual(json.loads(paths[1].read_text().splitlines()[0])["schema"], "logitlens/1")
        self.assertTrue(paths[2].read_text().startswith("model,"))
        self.assertIn("standard deviations", paths[3].read_text())
        self.assertEqual(sorted(os.listdir(self.folder)), ["a.csv", "a.html", "a.json", "a.ndjson", "a.txt"])

    def test_standard_output_too_if_a_format_is_given(self):
        result = run("sweep", "demo", VERSE, "-o", str(self.folder / "a.csv"), "--format", "json")
        json.loads(self.assert_succeeds(result))
        self.assertTrue((self.folder / "a.csv").exists())

    def test_an_existing_file_is_kept(self):
        path = self.folder / "a.json"
        path.write_text("mine")
        self.assert_error(run("sweep", "demo", VERSE, "-o", str(path)), 2, "a.json", "--force")
        self.assertEqual(path.read_text(), "mine")
        self.assert_succeeds(run("sweep", "demo", VERSE, "-o", str(path), "--force"))
        json.loads(path.read_text())

    def test_one_output_that_is_refused_keeps_the_others_from_being_written(self):
        (self.folder / "b.csv").write_text("mine")
        outputs = ("-o", str(self.folder / "a.json"), "-o", str(self.folder / "b.csv"))
        self.assert_error(run("sweep", "demo", VERSE, *outputs), 2, "b.csv")
        self.assertFalse((self.folder / "a.json").exists())

    def test_an_unknown_suffix(self):
        self.assert_error(run("sweep", "demo", VERSE, "-o", str(self.folder / "a.xlsx")), 2, "a.xlsx", ".csv")

    def test_a_folder_that_is_not_there(self):
        self.assert_error(run("sweep", "demo", VERSE, "-o", str(self.folder / "none" / "a.json")), 4, "none")

    def test_a_directory_as_output(self):
        (self.folder / "a.json").mkdir()
        self.assert_error(run("sweep", "demo", VERSE, "-o", str(self.folder / "a.json"), "--force"), 4, "directory")

    @unittest.skipIf(os.geteuid() == 0, "root may write anywhere")
    def test_a_read_only_folder(self):
        self.folder.chmod(0o500)
        self.assert_error(run("sweep", "demo", VERSE, "-o", str(self.folder / "a.json")), 4, "a.json")

    def test_outputs_are_looked_at_before_the_model(self):
        result = run("sweep", str(self.folder / "no-model"), VERSE, "-o", str(self.folder / "none" / "a.json"))
        self.assert_error(result, 4, "a.json")

    def test_an_output_that_is_the_input(self):
        path = self.folder / "text.json"
        path.write_text(VERSE)
        self.assert_error(run("sweep", "demo", "--file", str(path), "-o", str(path), "--force"), 2, "text.json")
        os.link(path, self.folder / "other.json")
        same = ("-o", str(self.folder / "other.json"), "--force")
        self.assert_error(run("sweep", "demo", "--file", str(path), *same), 2, "other.json")
        self.assertEqual(path.read_text(), VERSE)

    def test_an_output_that_is_a_file_of_the_model(self):
        demo = pathlib.Path(__file__).resolve().parents[2] / "data" / "demo"
        for name in ("config.json", "vocab.txt", "model.safetensors"):
            shutil.copy(demo / name, self.folder)
        before = (self.folder / "config.json").read_bytes()
        for name in ("config.json", "vocab.txt"):
            result = run("sweep", str(self.folder), VERSE, "-o", str(self.folder / name), "--force")
            self.assert_error(result, 2, name)
        weights = str(self.folder / "model.safetensors")
        self.assert_error(run("dump", str(self.folder), VERSE, "-o", weights, "--force"), 2, "model.safetensors")
        self.assertEqual((self.folder / "config.json").read_bytes(), before)

    def test_a_full_disk(self):
        for arguments in (("sweep", "demo", VERSE), ("inspect", "demo"), ("--help",)):
            with open("/dev/full", "wb") as full:
                result = subprocess.run([BINARY, *arguments], stdout=full, stderr=subprocess.PIPE, timeout=60)
            self.assertEqual(result.returncode, 4, arguments)
            self.assertEqual(result.stderr, b"error: standard output: found No space left on device, expected room for the output. "
                                            b"Free some space, or send it elsewhere\n")

    def test_a_closed_pipe_is_quiet(self):
        reader, writer = os.pipe()
        os.close(reader)
        result = subprocess.run([BINARY, "sweep", "demo", VERSE, "--quiet"], stdout=writer, stderr=subprocess.PIPE, timeout=60)
        os.close(writer)
        self.assertEqual((result.returncode, result.stderr), (0, b""))

    def test_a_reader_that_does_not_block_and_takes_its_time(self):
        arguments = ("sweep", "demo", VERSE, "--format", "svg", "--quiet")
        expected = run(*arguments).stdout
        self.assertGreater(len(expected), 65536)  # more than a pipe holds
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        with subprocess.Popen([BINARY, *arguments], stdout=writer, stderr=subprocess.PIPE) as process:
            os.close(writer)
            with open(reader, "rb") as stream:
                time.sleep(0.5)
                self.assertEqual(stream.read(), expected)
            self.assertEqual((process.wait(), process.stderr.read()), (0, b""))

    def test_notes_go_to_standard_error_and_can_be_silenced(self):
        result = run("sweep", "demo", VERSE, "--mask", "none")
        self.assertIn(b"note: ", result.stderr)
        self.assertEqual(run("sweep", "demo", VERSE, "--mask", "none", "--quiet").stderr, b"")


class OtherCommands(ProgramTest):
    def test_dump(self):
        path = self.folder / "states.safetensors"
        self.assertEqual(self.assert_succeeds(run("dump", "demo", VERSE, "-o", str(path))), b"")
        content = path.read_bytes()
        header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
        layers, tokens, hidden = header["hidden_states"]["shape"]
        self.assertEqual((layers, hidden), (13, 128))
        self.assertEqual(header["text_ids"]["shape"], [tokens])
        self.assert_error(run("dump", "demo", VERSE, "-o", str(path)), 2, "--force")

    def test_dump_needs_an_output(self):
        self.assert_error(run("dump", "demo", VERSE), 2, "--output")
        self.assert_error(run("dump", "demo", VERSE, "-o", str(self.folder / "states.npz")), 2, "--output: found ", "states.npz",
                          "expected a name that ends in .safetensors")

    def test_inspect(self):
        text = self.assert_succeeds(run("inspect", "demo")).decode()
        for part in ("bert", "6144", "prediction head", "tokenizer", "licence", "memory", "--verbose"):
            self.assertIn(part, text)
        described = json.loads(self.assert_succeeds(run("inspect", "demo", "--format", "json")))
        self.assertEqual(described["model"]["vocab"], 6144)
        everything = self.assert_succeeds(run("inspect", "demo", "--verbose")).decode()
        for tensor in described["tensors"]:
            self.assertIn(tensor["name"], everything)

    def test_verify(self):
        lines = self.assert_succeeds(run("verify", "demo")).decode().splitlines()
        self.assertGreater(len(lines), 1)
        self.assertTrue(all(line.startswith("ok ") for line in lines), lines)

    def test_models_lists_the_embedded_one(self):
        self.assertRegex(self.assert_succeeds(run("models")).decode(), r"(?m)^demo ")

    def test_convert(self):
        target = str(self.folder / "copy")
        self.assert_succeeds(run("convert", "demo", target))
        original = json.loads(run("sweep", "demo", VERSE, "--format", "json").stdout)
        copy = json.loads(self.assert_succeeds(run("sweep", target, VERSE, "--format", "json")))
        self.assertEqual([row["best"] for row in copy["rows"]], [row["best"] for row in original["rows"]])
        self.assert_error(run("convert", target, target, "--force"), 2, "DST")


if __name__ == "__main__":
    unittest.main()
