"""The pictures of docs/tour.md are what the program draws today: else script/pictures draws them again."""

import json
import os
import pathlib
import re
import unittest
import xml.etree.ElementTree as xml

from program import ProgramTest, run

ROOT = pathlib.Path(__file__).resolve().parents[2]
PICTURES = ROOT / "docs" / "pictures"
TABLE = PICTURES / "bert-base-seed.json"
SEED = "the way you do anything is the way you do everything"


def outline(svg):
    """What is the same whatever the version of the fonts: words for readers; shapes, their colours and how many corners they have."""
    root = xml.fromstring(svg)
    words = [element.text for element in root.iter() if element.tag.endswith(("}title", "}desc"))]
    shapes = [(element.get("style"), len(re.findall("[A-Z]", element.get("d"))))
              for element in root.iter() if element.tag.endswith("}path") and ":rgb" in element.get("style", "")]
    return words, shapes


class Pictures(ProgramTest):
    def test_they_are_what_the_program_draws(self):
        pictures = {path.name for path in PICTURES.glob("tour-*.svg")}
        self.assertGreaterEqual(len(pictures), 6)
        for name in sorted(pictures):
            figure, dark = re.fullmatch(r"tour-(\w+?)(-dark)?\.svg", name).groups()
            theme = "dark" if dark else "light"
            drawn = self.assert_succeeds(
                run("render", str(TABLE), "--figure", figure, "--theme", theme, "--format", "svg", "--quiet"))
            words, shapes = outline(drawn)
            self.assertGreater(len(shapes), 13, name)
            kept_words, kept_shapes = outline((PICTURES / name).read_bytes())
            self.assertEqual(kept_words, words, f"{name} is stale: script/pictures")
            self.assertEqual(kept_shapes, shapes, f"{name} is stale: script/pictures")

    def test_the_tour_shows_every_figure_beside_its_command(self):
        page = (ROOT / "docs" / "tour.md").read_text(encoding="utf-8")
        figures = re.findall(r"^  (\w+) ", self.assert_succeeds(run("render", "--help")).decode().split("Figures:")[1], re.M)
        self.assertGreaterEqual(len(figures), 5)
        for figure in figures:
            section = next(part for part in page.split("\n## ") if f"(pictures/tour-{figure}.svg)" in part
                           or f'"pictures/tour-{figure}.svg"' in part)
            self.assertIn(f'"{SEED}"', section)
            if figure != "heatmap":
                self.assertIn(f"--figure {figure} ", section)

    def test_the_table_is_what_the_model_says(self):
        model = os.environ.get("LOGITLENS_BERT_BASE")
        if not model:
            self.skipTest("LOGITLENS_BERT_BASE is not set")
        kept = json.loads(TABLE.read_text(encoding="utf-8"))
        swept = json.loads(self.assert_succeeds(run("sweep", model, SEED, "--format", "json", "--quiet")))
        self.assertEqual(set(kept), set(swept), "stale: script/pictures")
        for old, new in zip(kept["rows"], swept["rows"], strict=True):
            self.assertEqual(set(old), set(new), "stale: script/pictures")
            self.assertEqual(old["best"], new["best"])
            for before, after in zip(old["target_z"], new["target_z"], strict=True):
                self.assertAlmostEqual(before, after, delta=1e-4)

    def test_no_path_of_a_machine_is_in_them(self):
        for path in [TABLE, *PICTURES.glob("tour-*.svg")]:
            for part in (b"/root", b"/home", b"/work", b"/tmp"):
                self.assertNotIn(part, path.read_bytes(), path.name)


if __name__ == "__main__":
    unittest.main()
