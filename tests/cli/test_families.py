"""Every family by the program: its head as it is read, its lenses, and hidden states inside the blocks."""
import json
import pathlib
import tempfile
import unittest

from program import ProgramTest, run

GOLDENS = pathlib.Path(__file__).resolve().parent.parent / "data/goldens"
TEXT = "the way you do anything"
LENSES = {"bert": "raw, bias, norm, full", "albert": "full", "electra": "full", "modernbert": "raw, bias, final_norm, norm, full",
          "esm": "raw, bias, final_norm, norm, full", "gpt2": "raw, full", "llama": "raw, full", "deberta": "raw, bias, norm, full"}


class Families(ProgramTest):
    def sweep(self, family, *options):
        return json.loads(self.assert_succeeds(run("sweep", GOLDENS / family, TEXT, "--format", "json", *options)))

    def test_inspect_shows_the_head_step_by_step(self):
        for family, lenses in LENSES.items():
            with self.subTest(family=family):
                shown = json.loads(self.assert_succeeds(run("inspect", GOLDENS / family, "--format", "json")))
                self.assertEqual(", ".join(shown["lenses"]), lenses)
                names = [step["name"] for step in shown["head"]]
                self.assertIn("decoder", names)
                self.assertEqual("bias" in names, "bias" in lenses or family in ("albert", "electra"))
                self.assertEqual(any(name.startswith("final_") for name in names), family in ("modernbert", "esm", "gpt2", "llama"))
                text = self.assert_succeeds(run("inspect", GOLDENS / family)).decode()
                for part in ("embeddings", "block", "predicts", "prediction head, step by step"):
                    self.assertIn(part, text)

    def test_a_lens_that_does_not_exist_lists_those_that_do(self):
        for family, lenses in LENSES.items():
            for lens in {"raw", "bias", "final_norm", "norm", "full"} - set(lenses.split(", ")):
                with self.subTest(family=family, lens=lens):
                    self.assert_error(run("sweep", GOLDENS / family, TEXT, "--lens", lens), 2, "--lens", lens, lenses)

    def test_taps_label_what_is_inside_the_blocks(self):
        post, pre = self.sweep("bert", "--taps", "all"), self.sweep("gpt2", "--taps", "all")
        self.assertEqual(post["taps"][:5], ["layer", "attention", "attention_norm", "feed_forward", "layer"])
        self.assertEqual(post["layers"][:5], [0, 1, 1, 1, 1])
        self.assertEqual(pre["taps"][:3], ["layer", "attention", "layer"])
        some = self.sweep("bert", "--taps", "attention", "--layers", "2")
        self.assertEqual((some["layers"], some["taps"]), ([2, 2, 2], ["attention", "attention_norm", "layer"]))
        for row in post["rows"]:
            self.assertEqual(len(row["best_z"]), len(post["layers"]))
        self.assert_error(run("sweep", GOLDENS / "bert", TEXT, "--taps", "some"), 2, "--taps", "some", "attention")

    def test_layers_are_the_same_with_and_without_taps(self):
        for family in ("bert", "modernbert", "gpt-neox", "deberta-v2-conv"):
            with self.subTest(family=family):
                plain, tapped = self.sweep(family), self.sweep(family, "--taps", "all")
                outputs = [i for i, tap in enumerate(tapped["taps"]) if tap == "layer"]
                self.assertEqual(plain["layers"], [tapped["layers"][i] for i in outputs])
                for one, other in zip(plain["rows"], tapped["rows"]):
                    self.assertEqual(one["settling"], other["settling"])
                    for name in ("best_id", "best_z", "entropy", "kl_to_last"):
                        self.assertEqual(one[name], [other[name][i] for i in outputs])

    def test_any_tap_through_any_lens(self):
        for lens in ("raw", "bias", "norm", "full"):
            table = self.sweep("bert", "--taps", "all", "--lens", lens)
            self.assertEqual(len(table["rows"][0]["best"]), 1 + 4 * table["model"]["layers"])

    def test_a_converted_model_says_the_same(self):
        for golden in sorted(path.parent for path in GOLDENS.glob("*/config.json")):
            with self.subTest(golden.name), tempfile.TemporaryDirectory() as folder:
                converted = pathlib.Path(folder) / "converted"
                self.assert_succeeds(run("convert", golden, converted))
                self.assertEqual(self.sweep(converted)["rows"], self.sweep(golden.name)["rows"])

    def test_dump_writes_the_taps(self):
        with tempfile.TemporaryDirectory() as folder:
            for family, inner in (("bert", {"attention", "attention_norm", "feed_forward"}), ("gpt2", {"attention"})):
                path = pathlib.Path(folder) / f"{family}.safetensors"
                self.assert_succeeds(run("dump", GOLDENS / family, TEXT, "--taps", "all", "-o", path))
                raw = path.read_bytes()
                header = json.loads(raw[8:8 + int.from_bytes(raw[:8], "little")])
                layers, tokens, hidden = header["hidden_states"]["shape"]
                names = set(header) - {"__metadata__", "text_ids", "token_type_ids", "hidden_states"}
                self.assertEqual(names, inner)
                for name in inner:
                    self.assertEqual(header[name]["shape"], [layers - 1, tokens, hidden])

    def test_decoders_say_that_they_predict_the_next_token(self):
        table = self.sweep("gpt2")
        self.assertEqual(table["run"]["predicts"], "next")
        ids = [token["id"] for token in table["tokens"]]
        self.assertEqual([row["target_id"] for row in table["rows"]], ids[1:] + [None])
        self.assert_error(run("sweep", GOLDENS / "gpt2", TEXT, "--mask", "each"), 2, "--mask", "none")


if __name__ == "__main__":
    unittest.main()
