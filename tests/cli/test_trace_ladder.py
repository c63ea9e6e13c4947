"""logitlens trace and logitlens ladder, and grammar words against content words, as a user calls them."""

import csv
import io
import json
import pathlib
import re
import struct
import unittest
import xml.etree.ElementTree as xml

from program import VERSE, ProgramTest, run, run_on_terminal


def trace(*options):
    return run("trace", "demo", VERSE, "--quiet", *options)


def ladder(*options):
    return run("ladder", "demo", VERSE, "--quiet", *options)


class Trace(ProgramTest):
    def document(self, *options):
        return json.loads(self.assert_succeeds(trace("--format", "json", *options)))

    def test_lines_are_the_values_of_the_sweep(self):
        table = json.loads(self.assert_succeeds(run("sweep", "demo", VERSE, "--format", "json", "--quiet")))
        rows = self.document()["rows"]
        self.assertEqual(len(rows), len(table["rows"]))
        for row, swept in zip(rows, table["rows"]):
            line = row["lines"][0]
            self.assertEqual((line["id"], line["values"]), (swept["target_id"], swept["target_z"]))
            self.assertEqual(row["settling"], {"full": swept["settling"]})
            final = next(one for one in row["lines"] if "final" in one["roles"])
            self.assertEqual(final["id"], swept["best_id"][-1])
            self.assertEqual(final["values"][-1], swept["best_z"][-1])

    def test_chosen_positions_words_and_lenses(self):
        document = self.document("--position", "4,2", "--token", "lord,king", "--token", ",", "--words", "target",
                                 "--lens", "full,raw")
        self.assertEqual([row["position"] for row in document["rows"]], [2, 4])
        self.assertEqual(document["lenses"], ["full", "raw"])
        words = [(line["lens"], line["token"]) for line in document["rows"][1]["lines"]]
        tokens = ["god", "lord", "king", ","]
        self.assertEqual(words, [(lens, token) for lens in ("full", "raw") for token in tokens])
        for line in document["rows"][1]["lines"]:
            self.assertEqual(len([value for value in line["values"] if value is not None]), len(document["layers"]))

    def test_every_token_that_was_best(self):
        document = self.document("--words", "best", "--position", "3")
        layers = sorted(layer for line in document["rows"][0]["lines"] for layer in line["best_at"])
        self.assertEqual(layers, document["layers"])

    def test_a_statistic_of_the_row(self):
        line = self.document("--stat", "entropy", "--position", "3", "--layers", "0,6,12")["rows"][0]["lines"][0]
        self.assertEqual((line["id"], len(line["values"])), (None, 3))

    def test_a_text_with_a_mask_of_its_own(self):
        result = run("trace", "demo", "in the [MASK] of god", "--format", "json", "--quiet")
        rows = json.loads(self.assert_succeeds(result))["rows"]
        self.assertEqual([(row["position"], row["target"]) for row in rows], [(3, None)])
        self.assertEqual(rows[0]["lines"][0]["roles"], ["final"])

    def test_csv_and_ndjson(self):
        records = list(csv.DictReader(io.StringIO(self.assert_succeeds(trace("--format", "csv")).decode())))
        self.assertEqual({record["statistic"] for record in records}, {"z"})
        lines = self.assert_succeeds(trace("--format", "ndjson")).decode().splitlines()
        self.assertEqual(json.loads(lines[0])["schema"], "logitlens-trace/1")
        self.assertEqual(len(lines) - 1, len({(r["position"], r["word_id"]) for r in records}))

    def test_text_draws_and_a_terminal_gets_colours(self):
        text = self.assert_succeeds(trace("--position", "4")).decode()
        self.assertIn("position 4 “god” masked", text)
        self.assertIn("⠤", text)
        self.assertNotIn("\x1b", text)
        code, output, _ = run_on_terminal("trace", "demo", VERSE, "--position", "4",
                                          environment={"TERM": "xterm-256color", "COLORTERM": "truecolor"})
        self.assertEqual(code, 0)
        self.assertIn(b"\x1b[38;2;230;159;0m", output)

    def test_files(self):
        paths = [self.folder / name for name in ("t.json", "t.csv", "t.ndjson", "t.txt")]
        self.assertEqual(self.assert_succeeds(trace(*(part for path in paths for part in ("-o", str(path))))), b"")
        json.loads(paths[0].read_text(encoding="utf-8"))
        self.assert_error(trace("-o", str(paths[0])), 2, "t.json", "--force")

    def test_an_empty_text(self):
        result = run("trace", "demo", "", "--format", "json", "--quiet")
        self.assertEqual(json.loads(self.assert_succeeds(result))["rows"], [])

    def test_errors(self):
        cases = [
            (("--stat", "luck"), ("--stat", "luck", "z, logprob, logit, best_z")),
            (("--stat", "best_id"), ("--stat", "best_id")),
            (("--words", "some"), ("--words", "some", "final, target, best")),
            (("--position", "x"), ("--position", "x")),
            (("--position", "0"), ("--position", "0")),
            (("--position", "99"), ("--position", "99")),
            (("--token", "notaword"), ("--token", "notaword", "vocabulary")),
            (("--lens", "half"), ("--lens", "half")),
            (("--lens", "raw,raw"), ("--lens", "raw twice")),
            (("--layers", "99"), ("--layers", "99")),
            (("--format", "yaml"), ("format", "yaml", "text, json, ndjson, csv")),
            (("--color", "pink"), ("--color", "pink")),
            (("-o", "t.gif"), ("t.gif", ".json")),
            (("-o", "t.png", "--theme", "pink"), ("--theme", "pink", "light or dark")),
            (("-o", "t.png", "--width", "9"), ("width", "9", "320 to 8000")),
            (("-o", "t.html"), ("t.html", ".json")),
        ]
        for options, parts in cases:
            with self.subTest(options):
                self.assert_error(trace(*options), 2, *parts)
        self.assert_error(run("trace", "no/such/model", "a"), 3, "no/such/model")
        self.assert_error(run("trace", "demo", stdin=b"\xff"), 3, "byte 0")
        self.assert_error(trace("-o", str(self.folder / "none" / "t.json")), 4)


class Ladder(ProgramTest):
    def test_tables_are_sweeps_and_counts_are_theirs(self):
        document = json.loads(self.assert_succeeds(ladder("--format", "json")))
        self.assertEqual(document["schema"], "logitlens-ladder/1")
        self.assertEqual(document["lenses"], ["raw", "bias", "norm", "full"])
        for table, step in zip(document["tables"], document["steps"]):
            self.assertEqual(table["run"]["lens"], step["lens"])
            right = [sum(row["best_id"][k] == row["target_id"] for row in table["rows"]) for k in range(len(table["layers"]))]
            self.assertEqual(right, step["right"])
        swept = json.loads(self.assert_succeeds(run("sweep", "demo", VERSE, "--format", "json", "--quiet")))
        self.assertEqual(document["tables"][3]["rows"], swept["rows"])
        last = [step["right"][-1] for step in document["steps"]]
        gains = [after - before for before, after in zip(last, last[1:])]
        self.assertEqual(document["rescue"]["gained"], max(gains))
        self.assertEqual(document["rescue"]["lens"], document["lenses"][1 + gains.index(max(gains))])
        self.assertIn("rescues the prediction", document["sentences"][0])

    def test_text_csv_and_files(self):
        text = self.assert_succeeds(ladder()).decode()
        for part in ("\nraw ", "bias: adds the decoder's bias", "norm: adds the LayerNorm", "Right, of 11", "rescues the prediction"):
            self.assertIn(part, text)
        records = list(csv.DictReader(io.StringIO(self.assert_succeeds(ladder("--format", "csv")).decode())))
        self.assertEqual(len(records), 4 * 11 * 13)
        self.assertEqual({record["lens"] for record in records}, {"raw", "bias", "norm", "full"})
        path = self.folder / "l.ndjson"
        self.assert_succeeds(ladder("-o", str(path)))
        self.assertEqual(json.loads(path.read_text(encoding="utf-8").splitlines()[0])["schema"], "logitlens-ladder/1")

    def test_the_page_of_all_lenses(self):
        path = self.folder / "ladder.html"
        self.assertEqual(self.assert_succeeds(ladder("-o", str(path))), b"")
        page = path.read_text(encoding="utf-8")
        tables = [json.loads(block) for block in re.findall(r'id="table-\d+">(.*?)</script>', page, flags=re.S)]
        self.assertEqual([table["run"]["lens"] for table in tables], ["full", "norm", "bias", "raw"])
        document = json.loads(self.assert_succeeds(ladder("--format", "json")))
        self.assertEqual([table["rows"] for table in tables], [table["rows"] for table in reversed(document["tables"])])
        self.assertTrue(self.assert_succeeds(ladder("--format", "html")).startswith(b"<!DOCTYPE html>"))
        self.assert_succeeds(run("ladder", "demo", "", "-o", str(self.folder / "empty.html"), "--quiet"))

    def test_other_masks_and_targets(self):
        result = run("ladder", "demo", "in the [MASK] of god", "--target", "name", "--format", "json", "--quiet")
        self.assertEqual(json.loads(self.assert_succeeds(result))["rows"][0]["expected"], "name")
        self.assert_succeeds(run("ladder", "demo", "", "--quiet"))

    def test_errors(self):
        self.assert_error(ladder("--top", "0"), 2, "--top")
        self.assert_error(ladder("--mask", "99"), 2, "99")
        self.assert_error(ladder("--lens", "raw"), 2, "--lens")
        self.assert_error(ladder("-o", "l.gif"), 2, "l.gif", ".html")
        self.assert_error(ladder("-o", "l.png", "--theme", "pink"), 2, "--theme", "pink", "light or dark")
        self.assert_error(ladder("-o", "l.png", "--width", "9"), 2, "width", "9")
        self.assert_error(run("ladder", "no/such/model", "a"), 3)


class Figures(ProgramTest):
    def drawn(self, command, suffix, *options):
        path = self.folder / f"{command.__name__}{len(list(self.folder.iterdir()))}.{suffix}"
        self.assertEqual(self.assert_succeeds(command("-o", str(path), *options)), b"")
        return path.read_bytes()

    def test_files_are_written_whole_and_the_same_twice(self):
        for command in (trace, ladder):
            for suffix, magic in (("svg", b"<"), ("png", b"\x89PNG\r\n"), ("pdf", b"%PDF-")):
                with self.subTest(command=command.__name__, suffix=suffix):
                    once = self.drawn(command, suffix)
                    self.assertTrue(once.startswith(magic))
                    self.assertEqual(once, self.drawn(command, suffix))
                    self.assertEqual(once, self.assert_succeeds(command("--format", suffix)))
                    self.assertNotEqual(once, self.drawn(command, suffix, "--theme", "dark"))

    def test_an_svg_is_xml_and_tells_what_it_shows(self):
        for command, words in ((trace, "logitlens trace: In the beginning"), (ladder, "rescues the prediction")):
            root = xml.fromstring(self.drawn(command, "svg"))
            told = " ".join(element.text or "" for element in root.iter() if element.tag.endswith(("title", "desc")))
            self.assertIn(words, told)

    def test_pixels(self):
        for command in (trace, ladder):
            self.assertEqual(struct.unpack(">I", self.drawn(command, "png", "--width", "800")[16:20]), (1600,))

    def test_an_empty_text_and_lines_of_a_row(self):
        for command in ("trace", "ladder"):
            self.assertTrue(self.assert_succeeds(run(command, "demo", "", "--format", "svg", "--quiet")))
        self.drawn(trace, "svg", "--stat", "entropy", "--lens", "full,raw", "--position", "3")
        self.drawn(trace, "svg", "--words", "best,final", "--stat", "logprob")


class WordClasses(ProgramTest):
    def classes(self, *options):
        result = run("sweep", "demo", VERSE, "--format", "json", "--quiet", *options)
        return json.loads(self.assert_succeeds(result))["findings"]["classes"]

    def test_english_by_default(self):
        classes = self.classes()
        self.assertEqual(classes["word_list"], "english")
        self.assertEqual(classes["of_rows"], ["preposition", "article", "content", "content", "content", "article", "content",
                                              "conjunction", "article", "content", None])
        grammar, content = classes["groups"]
        self.assertEqual((grammar["rows"], content["rows"]), (5, 5))
        for group in classes["groups"]:
            self.assertEqual(sum(group["settled"]) + group["never"], group["rows"])
        self.assertEqual(classes["mann_whitney"]["method"], "exact")
        settled = [group["rows"] - group["never"] for group in classes["groups"]]
        test = classes["mann_whitney_settled"]
        self.assertEqual([test["grammar"], test["content"]], settled)
        text = self.assert_succeeds(run("sweep", "demo", VERSE, "--quiet")).decode()
        self.assertRegex(" ".join(text.split()), "The median grammar word (never )?settles")

    def test_a_list_of_ones_own(self):
        path = self.folder / "words.txt"
        path.write_text("God\tname\nheaven\n", encoding="utf-8")
        classes = self.classes("--class-file", str(path))
        self.assertEqual(classes["word_list"], str(path))
        self.assertEqual([one["name"] for one in classes["by_class"]], ["grammar", "name"])

    def test_none_without_both_kinds(self):
        path = self.folder / "words.txt"
        path.write_text("zebra\n", encoding="utf-8")
        self.assertIsNone(self.classes("--class-file", str(path)))

    def test_bad_lists(self):
        path = self.folder / "words.txt"
        for content, part, remedy in ((b"the\nthe\n", "line 2", "Mend the line"), (b"\xff\n", "UTF-8", "Mend the line"),
                                      (b"of the\n", "line 1", "Mend the line"), (b"", "no word", "Choose another file")):
            path.write_bytes(content)
            self.assert_error(run("sweep", "demo", "a", "--class-file", str(path)), 3, "words.txt", part, remedy)
        self.assert_error(run("sweep", "demo", "a", "--class-file", str(self.folder / "none")), 4, "none")
        path.write_text("the\n", encoding="utf-8")
        same = run("sweep", "demo", "a", "--class-file", str(path), "-o", str(pathlib.Path(path)), "--force")
        self.assert_error(same, 2)


class Settling(ProgramTest):
    def test_side_by_side_in_every_output(self):
        names = ["best_stable", "target_stable", "rank_le_k", "kl_below", "largest_jump", "knee", "two_segment"]
        table = json.loads(self.assert_succeeds(run("sweep", "demo", VERSE, "--format", "json", "--quiet")))
        self.assertEqual(list(table["rows"][0]["settling"]), names)
        records = list(csv.DictReader(io.StringIO(
            self.assert_succeeds(run("sweep", "demo", VERSE, "--format", "csv", "--quiet")).decode())))
        for record in records:
            row = next(row for row in table["rows"] if row["position"] == int(record["position"]))
            for name in names:
                value = row["settling"][name]
                layer = value["layer"] if isinstance(value, dict) else value
                self.assertEqual(record["settling_" + name], "" if layer is None else str(layer))
        text = self.assert_succeeds(run("sweep", "demo", VERSE, "--quiet")).decode()
        for label in ("best stays", "true stays", "rank≤10", "KL<0.1", "jump", "knee", "two lines"):
            self.assertIn(label, text)


if __name__ == "__main__":
    unittest.main()
