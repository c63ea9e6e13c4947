"""Nothing that comes from a file, a name or a text can move a terminal's cursor, change its title or reorder a line."""

import json
import pathlib
import re
import struct
import unicodedata
import unittest

from program import VERSE, ProgramTest, run, run_on_terminal

GOLDEN = pathlib.Path(__file__).resolve().parents[1] / "data" / "goldens" / "bert"
TEXT = "the way you do anything"
# A colour, a window's title, an 8-bit control sequence, a backspace, bidi controls, a line separator, a tag.
EVIL = "\x1b[31mred\x1b]0;owned\x07\x9b1A\x08\x7f\u202egnitirw\u2066\u2028\U000e0041"
ESCAPED = r"\x1b[31mred\x1b]0;owned\x07\x9b1A\x08\x7f\u202egnitirw\u2066\u2028\U000e0041"
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
PROGRESS = re.compile(r"\r\x1b\[K")


def evil_characters(text):
    return sorted({character for character in text if character != "\n" and character not in "\u200c\u200d"
                   and unicodedata.category(character) in ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp")})


class SafeOutput(ProgramTest):
    def setUp(self):
        super().setUp()
        self.model = self.folder / EVIL / EVIL
        self.model.mkdir(parents=True)
        for name in ("config.json", "tokenizer_config.json"):
            (self.model / name).write_bytes((GOLDEN / name).read_bytes())
        tokens = (GOLDEN / "vocab.txt").read_text(encoding="utf-8").split("\n")
        known = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "", *TEXT.split()}
        (self.model / "vocab.txt").write_text("\n".join(t if t in known else t + EVIL for t in tokens), encoding="utf-8", newline="\n")
        (self.model / "README.md").write_text(f"---\nlicense: {EVIL}\n---\n", encoding="utf-8")
        self.save_weights({EVIL: ("F32", [1], bytes(4))})

    def save_weights(self, more=None, change=lambda entries: None):
        """The tiny model's tensors and these: name -> (dtype, shape, bytes)."""
        content = (GOLDEN / "model.safetensors").read_bytes()
        (size,) = struct.unpack("<Q", content[:8])
        header, data = json.loads(content[8 : 8 + size]), content[8 + size :]
        for name, (dtype, shape, tensor) in (more or {}).items():
            header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(tensor)]}
            data += tensor
        change(header)
        written = json.dumps(header).encode()
        (self.model / "model.safetensors").write_bytes(struct.pack("<Q", len(written)) + written + data)

    def edit(self, name, **members):
        path = self.model / name
        path.write_text(json.dumps({**json.loads(path.read_text()), **members}))

    def assert_safe(self, result, *shown):
        """Whatever the outcome: no character of EVIL on either stream, and the strings in `shown` there, escaped."""
        output = result.stdout.decode() + result.stderr.decode()
        self.assertEqual(evil_characters(output), [], output[:2000])
        for part in shown:
            self.assertIn(part, output)
        return output

    def sweep(self, *options, **more):
        return run("sweep", str(self.model), TEXT, *options, **more)

    # --- success

    def test_tables_of_a_hostile_model(self):
        for command in (("sweep",), ("sweep", "--mask", "none"), ("sweep", "--mask", "words"), ("trace",), ("ladder",),
                        ("trace", "--target", "the"), ("sweep", "--verbose"), ("ladder", "--verbose")):
            with self.subTest(command=command):
                result = run(command[0], str(self.model), TEXT, *command[1:])
                self.assert_succeeds(result)
                self.assert_safe(result, r"\x1b[31m")

    def test_a_hostile_text(self):
        for command in ("sweep", "trace", "ladder"):
            for text in (f"the way {EVIL} you", f"{EVIL}the{EVIL}"):
                result = run(command, "demo", text)
                self.assert_succeeds(result)
                self.assert_safe(result, r"\u202egnitirw\u2066")

    def test_a_hostile_second_text(self):
        self.assert_safe(self.sweep("--second", f"the {EVIL}"), r"\u202e")

    def test_inspect(self):
        for options in ((), ("--verbose",)):
            result = run("inspect", str(self.model), *options)
            self.assert_succeeds(result)
            self.assert_safe(result, f"licence       {ESCAPED}", ESCAPED + "\n")
        self.assertIn(f"  {ESCAPED}  F32 [1]  not used", run("inspect", str(self.model), "--verbose").stdout.decode())

    def test_json_of_inspect(self):
        result = run("inspect", str(self.model), "--format", "json")
        self.assert_safe(result)
        self.assertIn(EVIL, [tensor["name"] for tensor in json.loads(self.assert_succeeds(result))["tensors"]])

    def test_inspect_names_hostile_special_tokens(self):
        self.edit("tokenizer_config.json", additional_special_tokens=["+" + EVIL])
        self.assert_safe(run("inspect", str(self.model)), "+" + ESCAPED)

    def test_verify(self):
        self.assert_safe(run("verify", str(self.model)))
        golden = self.folder / f"{EVIL}.safetensors"
        golden.write_bytes((self.model / "model.safetensors").read_bytes())
        self.assert_safe(run("verify", str(self.model), "--against", str(golden)), ESCAPED)

    def test_models(self):
        hub = self.folder / f"hub{EVIL}"
        snapshot = hub / f"models--org--{EVIL}" / "snapshots" / ("1" * 40)
        snapshot.mkdir(parents=True)
        for path in self.model.iterdir():
            (snapshot / path.name).write_bytes(path.read_bytes())
        listed = run("models", environment={"HF_HUB_CACHE": str(hub)})
        self.assert_succeeds(listed)
        self.assert_safe(listed)

    def test_a_hostile_reference_in_the_hubs_cache(self):
        hub = self.folder / f"hub{EVIL}"
        (hub / "models--org--demo" / "refs").mkdir(parents=True)
        (hub / "models--org--demo" / "refs" / "main").write_text(EVIL, encoding="utf-8")
        result = run("sweep", "org/demo", TEXT, environment={"HF_HUB_CACHE": str(hub)})
        self.assert_error(result, 3, "refs/main", ESCAPED)
        self.assert_safe(result)

    def test_render(self):
        table = self.folder / "table.json"
        self.assert_succeeds(self.sweep("-o", str(table)))
        self.assert_safe(run("render", str(table)), r"\u202e")
        content = json.loads(table.read_text())
        content["notes"], content["model"]["family"] = [EVIL], EVIL
        content["run"].update(lens=EVIL, mask=EVIL, isa=EVIL, gemm=EVIL)
        table.write_text(json.dumps(content))
        self.assert_safe(run("render", str(table), "--verbose"))

    def test_documents(self):
        """JSON holds the characters themselves, written as escapes; a page its own script's tabs."""
        for suffix in ("txt", "svg", "html", "json", "ndjson"):
            path = self.folder / f"out.{suffix}"
            self.assert_succeeds(self.sweep("-o", str(path), "--quiet"))
            text = path.read_bytes().decode()
            allowed = ["\t"] if suffix == "html" else []
            self.assertEqual([c for c in evil_characters(text) if c not in allowed], [], suffix)
            if suffix.endswith("json"):
                best = json.loads(text.splitlines()[1] if suffix == "ndjson" else text)
                self.assertIn(EVIL, " ".join((best if suffix == "ndjson" else best["rows"][0])["best"]))

    def test_on_a_terminal_there_are_colours_and_nothing_else(self):
        for command in ("sweep", "trace", "ladder"):
            code, output, errors = run_on_terminal(command, str(self.model), f"the way {EVIL}",
                                                   environment={"TERM": "xterm", "COLORTERM": "truecolor"})
            self.assertEqual(code, 0, errors)
            text = COLOURS.sub("", output.decode()).replace("\r\n", "\n")
            self.assertEqual(evil_characters(text), [], command)
            self.assertEqual(evil_characters(PROGRESS.sub("", errors.decode())), [], command)

    def test_notes(self):
        self.save_weights({"cls.predictions.decoder.bias": ("F32", [295], bytes(1180))})
        self.edit("config.json", tie_word_embeddings=True)
        self.assert_safe(self.sweep("--verbose"))

    # --- errors

    def test_names_of_files_in_errors(self):
        for arguments in (("sweep", f"{EVIL}/none", TEXT), ("inspect", f"{EVIL}/none"), ("sweep", "demo", "--file", EVIL),
                          ("sweep", "demo", TEXT, "-o", f"{EVIL}/none/a.json"), ("sweep", "demo", TEXT, "-o", f"{EVIL}.xyz"),
                          ("dump", "demo", TEXT, "-o", f"{EVIL}/none/a.safetensors"), ("render", f"{EVIL}.json"),
                          ("sweep", "demo", TEXT, "--class-file", EVIL), ("convert", f"{EVIL}/none", "dst"),
                          ("verify", "demo", "--against", f"{EVIL}.safetensors")):
            with self.subTest(arguments=arguments):
                result = run(*arguments, cwd=self.folder)
                self.assertIn(result.returncode, (2, 3, 4), arguments)
                self.assert_error(result, result.returncode, ESCAPED)
                self.assert_safe(result)

    def test_options(self):
        for option in ("--lens", "--stats", "--mask", "--layers", "--target", "--taps", "--format", "--color", "--max-length",
                       "--precision", "--figure", "--theme", "--threads", "--top"):
            with self.subTest(option=option):
                result = run("sweep", "demo", TEXT, option, EVIL)
                self.assert_error(result, 2, ESCAPED)
                self.assert_safe(result)
        for arguments in (("sweep", "demo", f"--{EVIL}"), ("sweep", "demo", "a", EVIL), ("trace", "demo", TEXT, "--stat", EVIL)):
            result = run(*arguments)
            self.assert_error(result, 2, ESCAPED)
            self.assert_safe(result)
        self.assert_safe(run(EVIL), "expected a command")

    def test_values_of_files_in_errors(self):
        changes = {
            "config.json": ({"hidden_act": EVIL}, {"model_type": EVIL}, {"num_hidden_layers": EVIL}, {"layer_norm_eps": EVIL}),
            "tokenizer_config.json": ({"tokenizer_class": EVIL}, {"do_lower_case": EVIL}, {"mask_token": EVIL}),
        }
        for name, all_members in changes.items():
            kept = (self.model / name).read_bytes()
            for members in all_members:
                with self.subTest(members=members):
                    self.edit(name, **members)
                    result = self.sweep("--verbose")
                    self.assert_error(result, 3, ESCAPED)
                    self.assert_safe(result)
                    (self.model / name).write_bytes(kept)

    def test_tokens_in_errors(self):
        vocabulary = self.model / "vocab.txt"
        lines = vocabulary.read_text(encoding="utf-8").split("\n")
        for text in ("\n".join([*lines[:9], lines[8], *lines[10:]]), "\n".join(lines).replace("[MASK]", EVIL)):
            vocabulary.write_text(text, encoding="utf-8", newline="\n")
            result = self.sweep()
            self.assertEqual(result.returncode, 3)
            self.assert_safe(result)
        self.assert_error(run("sweep", "demo", TEXT, "--target", EVIL), 2, ESCAPED)

    def test_tensors_in_errors(self):
        inner = "bert.encoder.layer.2.intermediate.dense.weight"

        def misspell(header):
            header[inner + "\x1b[2J"] = header.pop(inner)

        self.save_weights(change=misspell)
        for options in ((), ("--verbose",)):
            result = self.sweep(*options)
            self.assert_error(result, 3, inner, r"(nearest: " + inner + r"\x1b[2J)")
            self.assert_safe(result)

        def other_type(header):
            header[inner + EVIL] = {**header.pop(inner), "dtype": EVIL}

        self.save_weights(change=other_type)
        result = self.sweep()
        self.assert_error(result, 3, ESCAPED + ": dtype")
        self.assert_safe(result)

    def test_a_table_to_render(self):
        path = self.folder / "table.json"
        self.assert_succeeds(run("sweep", "demo", VERSE, "-o", str(path)))
        table = json.loads(path.read_text())
        for edit in ({"schema": EVIL}, {"layers": EVIL}, {"rows": [{EVIL: 1}]}, {EVIL: 3}, {"tokens": [EVIL]}):
            path.write_text(json.dumps({**table, **edit}))
            self.assert_safe(run("render", str(path)))


if __name__ == "__main__":
    unittest.main()
