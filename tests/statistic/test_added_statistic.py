"""The promise of a statistic: one file and one line in the registry, and it is in every output. LOGITLENS_BIN names the program
that has `margin` beside the library's own statistics."""

import csv
import io
import json
import math
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))
from program import VERSE, ProgramTest, run  # noqa: E402


class AddedStatistic(ProgramTest):
    def sweep(self, *options):
        return self.assert_succeeds(run("sweep", "demo", VERSE, *options, "--quiet")).decode()

    def test_json_has_it_in_every_row_and_layer(self):
        table = json.loads(self.sweep("--format", "json"))
        for row in table["rows"]:
            self.assertEqual(len(row["margin"]), len(table["layers"]))
            for margin, z, deviation in zip(row["margin"], row["best_z"], row["std"]):
                self.assertTrue(math.isclose(margin, z * deviation, rel_tol=1e-9))

    def test_ndjson_has_it(self):
        row = json.loads(self.sweep("--format", "ndjson").splitlines()[1])
        self.assertEqual(len(row["margin"]), len(row["best_z"]))

    def test_csv_has_its_column(self):
        records = list(csv.DictReader(io.StringIO(self.sweep("--format", "csv"))))
        for record in records:
            self.assertTrue(math.isclose(float(record["margin"]), float(record["best_z"]) * float(record["std"]), rel_tol=1e-9))

    def test_it_can_be_selected_and_colours_the_picture(self):
        text = self.sweep("--stats", "margin")
        self.assertIn("margin (logits): max x - mean x", text)
        rows = json.loads(self.sweep("--stats", "margin", "--format", "json"))["rows"]
        self.assertIn("margin", rows[0])
        self.assertNotIn("best_z", rows[0])

    def test_help_explains_it_and_errors_name_it(self):
        for command in ("sweep", "trace"):
            text = self.assert_succeeds(run(command, "--help")).decode()
            self.assertRegex(text, r"\n  margin +logits +max x - mean x\n")
        self.assert_error(run("sweep", "demo", "a", "--stats", "luck"), 2, "margin")
        self.assert_error(run("trace", "demo", "a", "--stat", "luck"), 2, "margin")

    def test_trace_draws_it(self):
        trace = ("trace", "demo", VERSE, "--position", "3", "--stat", "margin", "--quiet")
        self.assertIn("Upwards margin (logits): max x - mean x", self.assert_succeeds(run(*trace)).decode())
        document = json.loads(self.assert_succeeds(run(*trace, "--format", "json")))
        table = json.loads(self.sweep("--format", "json"))
        self.assertEqual(document["rows"][0]["lines"][0]["values"], table["rows"][2]["margin"])

    def test_the_report_offers_it(self):
        page = self.sweep("--format", "html")
        known = json.loads(page.split('<script type="application/json" id="statistics">')[1].split("</script>")[0])
        self.assertIn({"name": "margin", "unit": "logits", "formula": "max x - mean x", "kind": "real"}, known)
        table = json.loads(page.split('<script type="application/json" id="table-0">')[1].split("</script>")[0])
        self.assertIn("margin", table["rows"][0])

    def test_figures_draw_it(self):
        figure = ("--format", "svg", "--figure", "heatmap")
        self.assertNotEqual(self.sweep(*figure, "--stat", "margin"), self.sweep(*figure, "--stat", "best_z"))

    def test_ladder_holds_it_in_every_table(self):
        ladder = json.loads(self.assert_succeeds(run("ladder", "demo", VERSE, "--format", "json", "--quiet")))
        for table in ladder["tables"]:
            self.assertIn("margin", table["rows"][0])


if __name__ == "__main__":
    unittest.main()
