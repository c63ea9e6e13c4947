"""The texts a sweep takes, and the four forms it gives its table in."""

import csv
import io
import json
import os
import subprocess
import unittest

from program import BINARY, VERSE, ProgramTest, run, run_on_terminal


def sweep_json(*arguments, **options):
    result = run("sweep", "demo", *arguments, "--format", "json", **options)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def without_run(table):
    return {key: value for key, value in table.items() if key != "run"}


class Texts(ProgramTest):
    def test_argument_file_and_standard_input_are_the_same(self):
        path = self.folder / "verse.txt"
        path.write_text(VERSE + "\n")
        expected = without_run(sweep_json(VERSE))
        self.assertEqual(without_run(sweep_json("--file", str(path))), expected)
        self.assertEqual(without_run(sweep_json(stdin=VERSE.encode() + b"\n")), expected)
        self.assertEqual(without_run(sweep_json("-", stdin=VERSE.encode())), expected)

    def test_one_newline_at_the_end_is_dropped(self):
        self.assertEqual(sweep_json(stdin=b"the earth\n\n")["text"], "the earth\n")

    def test_a_text_that_starts_with_a_dash(self):
        result = run("sweep", "demo", "--format", "json", "--", "--the earth")
        self.assertEqual(json.loads(self.assert_succeeds(result))["text"], "--the earth")

    def test_a_text_that_is_a_commands_name(self):
        self.assertEqual(sweep_json("verify")["text"], "verify")

    def test_a_text_in_brackets(self):
        self.assertEqual(sweep_json("[the, earth]")["text"], "[the, earth]")

    def test_an_empty_text_has_no_rows(self):
        for table in (sweep_json(""), sweep_json(stdin=b""), sweep_json(stdin=b"\n")):
            self.assertEqual(table["rows"], [])
            self.assertTrue(all(token["special"] for token in table["tokens"]))

    def test_a_file_that_is_not_there(self):
        self.assert_error(run("sweep", "demo", "--file", str(self.folder / "none")), 4, "none: --file: ",
                          "No such file or directory", "Check the path and its permissions")

    def test_a_directory_is_no_text(self):
        self.assert_error(run("sweep", "demo", "--file", str(self.folder)), 4, "--file: found Is a directory",
                          "Check the path and its permissions")
        folder = os.open(self.folder, os.O_RDONLY)
        result = subprocess.run([BINARY, "sweep", "demo"], stdin=folder, capture_output=True, timeout=60)
        os.close(folder)
        self.assert_error(result, 4, "standard input: text: found Is a directory", "Name a file with --file")

    def test_invalid_utf8(self):
        self.assert_error(run("sweep", "demo", stdin=b"the \xff earth"), 3, "4")

    def test_a_text_over_16_mib(self):
        self.assert_error(run("sweep", "demo", stdin=b"a " * (9 << 20)), 3)
        result = run("sweep", "demo", "--file", "/dev/zero")
        self.assert_error(result, 3)

    def test_too_many_tokens(self):
        long = "the " * 500
        self.assert_error(run("sweep", "demo", long), 3, "128")
        table = sweep_json(long, "--max-length", "truncate", "--mask", "1")
        self.assertEqual(len(table["tokens"]), 128)
        self.assertGreater(table["run"]["truncated_tokens"], 0)

    def test_a_model_that_is_not_there(self):
        self.assert_error(run("sweep", str(self.folder / "none"), "text"), 3, "none")


class Tables(ProgramTest):
    def test_rows_are_the_positions_asked_for(self):
        def positions(*mask):
            return [row["position"] for row in sweep_json(VERSE, *mask)["rows"]]

        count = len(sweep_json(VERSE)["tokens"])
        self.assertEqual(positions(), list(range(1, count - 1)))
        self.assertEqual(positions("--mask", "5,3"), [5, 3])
        self.assertEqual(positions("--mask", "3+7"), [3, 7])
        self.assertEqual(positions("--mask", "none"), list(range(count)))

    def test_layers(self):
        everything = sweep_json(VERSE, "--mask", "3")
        last = everything["layers"][-1]
        for text, expected in (("0-2", [0, 1, 2]), ("5,3,5", [3, 5]), (f"{last - 1}-", [last - 1, last]), ("0", [0])):
            table = sweep_json(VERSE, "--mask", "3", "--layers", text)
            self.assertEqual(table["layers"], expected)
            row, whole = table["rows"][0], everything["rows"][0]
            for name in ("best_id", "best_z", "kl_to_last", "entropy"):
                self.assertEqual(row[name], [whole[name][layer] for layer in expected], name)

    def test_a_mask_in_the_text_has_no_target_unless_one_is_named(self):
        text = "In the beginning God [MASK] the heaven."
        row = sweep_json(text)["rows"][0]
        self.assertEqual((row["target_id"], row["target"], row["target_z"]), (None, None, None))
        self.assertEqual(sweep_json(text, "--target", "created")["rows"][0]["target"], "created")

    def test_targets(self):
        self.assertEqual(sweep_json(VERSE, "--mask", "3", "--target", ",")["rows"][0]["target"], ",")
        rows = sweep_json(VERSE, "--mask", "3,5", "--target", "the,earth")["rows"]
        self.assertEqual([row["target"] for row in rows], ["the", "earth"])
        self.assertEqual(rows, sweep_json(VERSE, "--mask", "3,5", "--target", "the", "--target", "earth")["rows"])

    def test_statistics_and_top(self):
        row = sweep_json(VERSE, "--mask", "3", "--stats", "entropy,top", "--top", "2")["rows"][0]
        self.assertIn("entropy", row)
        self.assertNotIn("best_z", row)
        self.assertTrue(all(len(top) == 2 for top in row["top"]))

    def test_csv_holds_what_json_holds(self):
        table = sweep_json(VERSE)
        text = self.assert_succeeds(run("sweep", "demo", VERSE, "--format", "csv")).decode()
        records = list(csv.DictReader(io.StringIO(text, newline="")))
        self.assertEqual(len(records), len(table["rows"]) * len(table["layers"]))
        for record in records:
            row = next(row for row in table["rows"] if row["position"] == int(record["position"]))
            layer = table["layers"].index(int(record["layer"]))
            self.assertEqual(float(record["best_z"]), row["best_z"][layer])
            self.assertEqual(int(record["target_rank"]), row["target_rank"][layer])

    def test_ndjson_holds_what_json_holds(self):
        lines = self.assert_succeeds(run("sweep", "demo", VERSE, "--format", "ndjson")).decode().splitlines()
        header, *rows = map(json.loads, lines)
        table = sweep_json(VERSE)
        self.assertEqual(header["tokens"], table["tokens"])
        self.assertEqual([{k: v for k, v in row.items() if k != "model"} for row in rows], table["rows"])

    def test_the_same_bytes_for_any_number_of_threads(self):
        tables = [json.dumps(without_run(sweep_json(VERSE, "--threads", n))) for n in ("1", "2", "4")]
        self.assertEqual(tables[0], tables[1])
        self.assertEqual(tables[0], tables[2])


class Terminal(ProgramTest):
    def colors(self, *options, **environment):
        code, output, _ = run_on_terminal("sweep", "demo", VERSE, *options, environment={"TERM": "xterm", **environment})
        self.assertEqual(code, 0)
        return "truecolor" if b"\x1b[48;2;" in output else "256" if b"\x1b[48;5;" in output else "none"

    def test_colours_are_what_the_terminal_can_show(self):
        self.assertEqual(self.colors(COLORTERM="truecolor"), "truecolor")
        self.assertEqual(self.colors(TERM="xterm-256color"), "256")
        self.assertEqual(self.colors(TERM="dumb", COLORTERM="truecolor"), "none")
        self.assertEqual(self.colors(COLORTERM="truecolor", NO_COLOR="1"), "none")
        self.assertEqual(self.colors("--color", "always", COLORTERM="truecolor", NO_COLOR="1"), "truecolor")
        self.assertEqual(self.colors("--color", "never", COLORTERM="truecolor"), "none")

    def test_no_colour_off_a_terminal(self):
        plain = run("sweep", "demo", VERSE, environment={"COLORTERM": "truecolor"})
        self.assertNotIn(b"\x1b", self.assert_succeeds(plain))
        self.assertIn(b"\x1b[48;5;", run("sweep", "demo", VERSE, "--color", "always", environment={"TERM": "xterm"}).stdout)

    def test_lines_fit(self):
        for width in (60, 80, 132):
            text = self.assert_succeeds(run("sweep", "demo", VERSE, environment={"COLUMNS": str(width)})).decode()
            self.assertLessEqual(max(map(len, text.splitlines())), width)


class Precision(ProgramTest):
    def test_int8_says_what_it_changed(self):
        result = run("sweep", "demo", VERSE, "--precision", "int8", "--format", "json")
        if b"VNNI" in result.stderr:
            self.skipTest("no 8-bit products on this processor")
        table = json.loads(self.assert_succeeds(result))
        self.assertEqual(table["run"]["precision"], "int8")
        self.assertGreater(table["run"]["drift"]["rows"], 0)
        self.assertIn("computed in int8", " ".join(table["notes"]))
        again = run("sweep", "demo", VERSE, "--precision", "int8", "--format", "json", "--threads", "1")
        self.assertEqual(without_run(json.loads(again.stdout)), without_run(table))

    def test_int8_is_refused_where_the_processor_lacks_it(self):
        result = run("sweep", "demo", VERSE, "--precision", "int8", environment={"LOGITLENS_ISA": "avx2"})
        self.assert_error(result, 2, "--precision", "f32", "VNNI")

    def test_statistics_without_all_logits(self):
        text = " ".join([VERSE] * 20)
        arguments = ("--mask", "none", "--max-length", "truncate")
        some = sweep_json(text, *arguments, "--stats", "best_id,best_z,target_rank")
        whole = sweep_json(text, *arguments)
        self.assertEqual(whole["run"]["logits"], "all")
        self.assertIn(some["run"]["logits"], ("all", "screened"))
        for row, expected in zip(some["rows"], whole["rows"], strict=True):
            self.assertEqual(row["best"], expected["best"])
            self.assertEqual(row["target_rank"], expected["target_rank"])


if __name__ == "__main__":
    unittest.main()
