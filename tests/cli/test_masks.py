"""Whole words, long texts in windows, two texts."""

import csv
import io
import json
import unittest

from program import VERSE, ProgramTest, run

TEXT = VERSE + " And Nebuchadnezzar spake unto Ashpenaz."
LONG = " ".join([VERSE] * 40)  # over 400 tokens; the demo takes 128
POSITIONS = 128


def sweep_json(*arguments):
    result = run("sweep", "demo", *arguments, "--format", "json")
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


class Words(ProgramTest):
    def test_every_token_is_in_one_word_and_is_masked_with_it(self):
        table = sweep_json(TEXT, "--mask", "words")
        self.assertEqual(table["run"]["mask"], "words")
        own = [token["position"] for token in table["tokens"] if not token["special"]]
        self.assertEqual([row["position"] for row in table["rows"]], own)
        self.assertEqual([position for word in table["words"] for position in word["positions"]], own)
        rows = {row["position"]: row for row in table["rows"]}
        for word in table["words"]:
            for position in word["positions"]:
                self.assertEqual(rows[position]["masked_with"], word["positions"])

    def test_what_is_said_of_a_word_is_what_its_rows_say(self):
        table = sweep_json(TEXT, "--mask", "words")
        rows = {row["position"]: row for row in table["rows"]}
        for word in table["words"]:
            pieces = [rows[position] for position in word["positions"]]
            self.assertEqual(word["text"].encode(), TEXT.encode()[word["start"] : word["end"]])
            for k in range(len(table["layers"])):
                self.assertAlmostEqual(word["target_logprob"][k], sum(row["target_logprob"][k] for row in pieces), places=9)
                right = all(row["best_id"][k] == row["target_id"] for row in pieces)
                self.assertEqual(word["best_is_target"][k], right)
                if right:
                    self.assertEqual(word["best"][k], word["text"].lower())
            stable = [k for k in range(len(table["layers"])) if all(word["best_is_target"][k:])]
            self.assertEqual(word["target_stable"], table["layers"][stable[0]] if stable else None)

    def test_pieces_of_a_word_go_together(self):
        table = sweep_json(TEXT, "--mask", "words")
        self.assertTrue(any(len(word["positions"]) > 1 for word in table["words"]))
        tokens = table["tokens"]
        for word in table["words"]:
            for position in word["positions"][1:]:
                self.assertTrue(tokens[position]["token"].startswith("##"), word)
        self.assertIn("Nebuchadnezzar", [word["text"] for word in table["words"]])

    def test_words_do_not_need_the_statistics_they_are_made_of(self):
        table = sweep_json(VERSE, "--mask", "words", "--stats", "entropy")
        self.assertNotIn("target_logprob", table["rows"][0])
        self.assertEqual(table["words"], sweep_json(VERSE, "--mask", "words")["words"])

    def test_in_every_output(self):
        text = self.assert_succeeds(run("sweep", "demo", TEXT, "--mask", "words")).decode()
        self.assertIn("every word masked as a whole", text)
        self.assertIn("Words: ", text)
        header = run("sweep", "demo", TEXT, "--mask", "words", "--format", "ndjson").stdout.splitlines()[0]
        self.assertEqual(json.loads(header)["words"], sweep_json(TEXT, "--mask", "words")["words"])
        self.assertNotIn("words", sweep_json(TEXT))

    def test_an_empty_text_has_no_words(self):
        table = sweep_json("", "--mask", "words")
        self.assertEqual((table["rows"], table["words"]), ([], []))

    def test_the_texts_own_masks(self):
        table = sweep_json("In the [MASK] God created the [MASK].")
        self.assertEqual([row["position"] for row in table["rows"]], [3, 7])
        self.assertEqual([row["masked_with"] for row in table["rows"]], [[3, 7], [3, 7]])
        self.assertEqual(table["run"]["mask"], "text")
        words = sweep_json("In the [MASK] God created the [MASK].", "--mask", "words")["words"]
        self.assertEqual([word["text"] for word in words if word["target_logprob"][0] is None], ["[MASK]", "[MASK]"])


class NothingMasked(ProgramTest):
    def test_is_said_in_every_output(self):
        def output(name):
            return self.assert_succeeds(run("sweep", "demo", VERSE, "--mask", "none", "--format", name)).decode()

        self.assertIn("nothing masked: every position sees its own token", " ".join(output("text").split()))
        table = json.loads(output("json"))
        self.assertEqual(table["run"]["mask"], "none")
        self.assertIn("nothing is masked: each position sees its own token", table["notes"])
        self.assertFalse(any(row["masked"] or row["masked_with"] for row in table["rows"]))
        header, *rows = map(json.loads, output("ndjson").splitlines())
        self.assertEqual(header["notes"], table["notes"])
        self.assertFalse(any(row["masked"] for row in rows))
        records = list(csv.DictReader(io.StringIO(output("csv"), newline="")))
        self.assertEqual({(record["masked"], record["masked_with"]) for record in records}, {("false", "")})


class Windows(ProgramTest):
    def sweep(self, *options):
        return sweep_json(LONG, "--max-length", "window", "--mask", "1+2", "--stats", "best_z", *options)

    def test_flagged(self):
        table = self.sweep()
        self.assertGreater(len(table["tokens"]), 400)
        room = POSITIONS - 2
        count = -(-(len(table["tokens"]) - 2 - room) // (room // 2)) + 1
        self.assertEqual(table["run"]["windows"], count)
        self.assertEqual(table["run"]["parameters"]["window_stride"], room // 2)
        self.assertEqual(table["run"]["truncated_tokens"], 0)
        self.assertTrue(any(f"in {count} windows" in note for note in table["notes"]))
        arguments = ("sweep", "demo", LONG, "--max-length", "window", "--mask", "1")
        self.assertIn(f"read in {count} windows", " ".join(self.assert_succeeds(run(*arguments)).decode().split()))

    def test_a_row_is_that_of_its_window_alone(self):
        table = sweep_json(LONG, "--max-length", "window", "--mask", "5,100,200,300")
        tokens, windows = table["tokens"], [row["window"] for row in table["rows"]]
        self.assertEqual(windows, sorted(windows))
        self.assertEqual(windows[0], 0)
        start = 1 + 63 * windows[2]
        text = LONG.encode()[tokens[start]["start"] : tokens[start + 125]["end"]].decode()
        alone = sweep_json(text, "--mask", str(200 - start + 1))
        self.assertEqual([token["id"] for token in alone["tokens"][1:-1]], [token["id"] for token in tokens[start : start + 126]])
        for name in ("best_id", "best_z", "target_rank", "kl_to_last", "top"):
            self.assertEqual(alone["rows"][0][name], table["rows"][2][name], name)

    def test_special_tokens_come_from_the_first_and_the_last_window(self):
        table = sweep_json(LONG, "--max-length", "window", "--mask", "none", "--stats", "best_z")
        rows = table["rows"]
        self.assertEqual([row["position"] for row in rows], list(range(len(table["tokens"]))))
        self.assertEqual((rows[0]["window"], rows[-1]["window"]), (0, table["run"]["windows"] - 1))

    def test_the_same_for_any_number_of_threads(self):
        def rows(threads):
            table = sweep_json(LONG, "--max-length", "window", "--mask", "none", "--threads", threads)
            return json.dumps({key: value for key, value in table.items() if key != "run"})

        self.assertEqual(rows("1"), rows("4"))

    def test_a_text_that_fits_needs_no_windows(self):
        table = sweep_json(VERSE, "--max-length", "window")
        self.assertEqual(table["run"]["windows"], 1)
        self.assertEqual(table["rows"], sweep_json(VERSE)["rows"])

    def test_stride(self):
        self.assertGreater(self.sweep("--window-stride", "20")["run"]["windows"], self.sweep()["run"]["windows"])
        self.assertEqual(self.sweep("--window-stride", "126")["run"]["parameters"]["window_stride"], 126)

    def test_refused(self):
        window = ("--max-length", "window")
        for options, parts in (
            ((*window, "--mask", "3+300"), ("--mask", "3+300", "--window-stride")),
            ((*window, "--window-stride", "127"), ("--window-stride", "127", "1 to 126")),
            ((*window, "--window-stride", "0"), ("--window-stride", "0")),
            ((*window, "--window-stride", "-4"), ("--window-stride",)),
            ((*window, "--window-stride", "x"), ("--window-stride",)),
            (("--window-stride", "5"), ("--window-stride", "--max-length window")),
            ((*window, "--second", "text"), ("--max-length", "second")),
        ):
            with self.subTest(options):
                self.assert_error(run("sweep", "demo", LONG, *options), 2, *parts)


class TwoTexts(ProgramTest):
    def test_by_the_familys_template(self):
        table = sweep_json("In the beginning", "--second", "God created")
        self.assertEqual([token["token"] for token in table["tokens"] if token["special"]], ["[CLS]", "[SEP]", "[SEP]"])
        self.assertEqual([token["segment"] for token in table["tokens"]], [0] * 5 + [1] * 3)
        self.assertEqual([token["part"] for token in table["tokens"] if not token["special"]], [0] * 3 + [1] * 2)
        self.assertEqual((table["text"], table["text_second"]), ("In the beginning", "God created"))
        second = [token for token in table["tokens"] if token["part"] and not token["special"]]
        self.assertEqual([(token["text"], token["start"]) for token in second], [("God", 0), ("created", 4)])
        self.assertEqual([row["position"] for row in table["rows"]], [1, 2, 3, 5, 6])

    def test_is_shown(self):
        self.assertIn("“God created”", run("sweep", "demo", "In the beginning", "--second", "God created").stdout.decode())

    def test_words_are_those_of_either_text(self):
        table = sweep_json("In the beginning", "--second", "God created", "--mask", "words")
        self.assertEqual([(word["part"], word["text"]) for word in table["words"]],
                         [(0, "In"), (0, "the"), (0, "beginning"), (1, "God"), (1, "created")])

    def test_truncation_takes_from_the_longer_text(self):
        table = sweep_json(LONG, "--second", "God created", "--max-length", "truncate", "--mask", "1")
        self.assertEqual(len(table["tokens"]), POSITIONS)
        self.assertEqual([token["token"] for token in table["tokens"][-4:]], ["[SEP]", "god", "created", "[SEP]"])
        self.assert_error(run("sweep", "demo", LONG, "--second", "God"), 3, "128")

    def test_one_text_has_no_second(self):
        table = sweep_json(VERSE)
        self.assertNotIn("text_second", table)
        self.assertEqual({token["segment"] for token in table["tokens"]}, {0})

    def test_dump(self):
        path = self.folder / "pair.safetensors"
        self.assert_succeeds(run("dump", "demo", "In the", "--second", "beginning", "-o", str(path)))
        content = path.read_bytes()
        length = int.from_bytes(content[:8], "little")
        entry = json.loads(content[8 : 8 + length])["token_type_ids"]
        begin, end = (8 + length + offset for offset in entry["data_offsets"])
        self.assertEqual(list(memoryview(content[begin:end]).cast("q")), [0, 0, 0, 0, 1, 1])
        self.assert_error(run("dump", "demo", "x", "--max-length", "window", "-o", str(self.folder / "x")), 2, "window")

    def test_a_second_text_must_be_utf8(self):
        self.assert_error(run("sweep", "demo", "text", "--second", b"\xff"), 3, "UTF-8")


if __name__ == "__main__":
    unittest.main()
