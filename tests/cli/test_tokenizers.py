"""Tokenizer files that are wrong: exit code 3, the file, the place in it and what to do."""

import json
import pathlib
import shutil
import unittest

from program import ProgramTest, run

GOLDENS = pathlib.Path(__file__).resolve().parents[1] / "data" / "goldens"


class TokenizerFiles(ProgramTest):
    def model_with(self, tokenizer_class, files):
        """A tiny BERT with the tokenizer files of another family."""
        for name in ("config.json", "model.safetensors"):
            shutil.copy(GOLDENS / "bert" / name, self.folder / name)
        (self.folder / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": tokenizer_class}))
        for name, content in files.items():
            (self.folder / name).write_bytes(content)
        return str(self.folder)

    def assert_refused(self, tokenizer_class, files, *parts):
        model = self.model_with(tokenizer_class, files)
        self.assert_error(run("sweep", model, "the way"), 3, *parts)
        for name in files:
            (self.folder / name).unlink()

    def test_older_files_that_are_wrong(self):
        roberta = {name: (GOLDENS / "roberta" / name).read_bytes() for name in ("vocab.json", "merges.txt")}
        albert = (GOLDENS / "albert" / "spiece.model").read_bytes()
        remedy = "as the model was published with them"
        self.assert_refused("RobertaTokenizer", {**roberta, "merges.txt": b"#version: 0.2\nt h\nq zz\n"},
                            "merges.txt", "line 3", "q zz", remedy)
        self.assert_refused("RobertaTokenizer", {**roberta, "vocab.json": b'{"<s>": 0, "a": 7}'}, "vocab.json", "id 7", remedy)
        self.assert_refused("RobertaTokenizer", {"vocab.json": roberta["vocab.json"]},
                            "found vocab.json", "vocab.json with merges.txt", "save_pretrained")
        self.assert_refused("AlbertTokenizer", {"spiece.model": albert[:1000]}, "spiece.model", "Download the file again")
        self.assert_refused("AlbertTokenizer", {"spiece.model": b"<html>not here</html>"}, "spiece.model", "SentencePiece model")
        self.assert_refused("EsmTokenizer", {"vocab.txt": b"<cls>\n<pad>\n<eos>\nL\nL\n"}, "vocab.txt", "line 5", "line 4")
        self.assert_refused("T5Tokenizer", {"spiece.model": albert}, "tokenizer_class", "T5Tokenizer", "save_pretrained")
        self.assert_refused("BertTokenizer", {}, "found nothing", "vocab.txt", "save_pretrained")


if __name__ == "__main__":
    unittest.main()
