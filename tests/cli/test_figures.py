"""Figures: written by sweep and by render, whole, the same every time; and every bad use."""

import json
import pathlib
import re
import struct
import unittest
import xml.etree.ElementTree as xml

from program import VERSE, ProgramTest, run

FIGURES = ("heatmap", "panels", "text", "laminar", "trajectories")
FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>{}<cachedir>{}</cachedir></fontconfig>"""


class Figures(ProgramTest):
    def setUp(self):
        super().setUp()
        self.table = self.folder / "table.json"
        self.assert_succeeds(run("sweep", "demo", VERSE, "-o", str(self.table)))

    def path(self, name):
        return str(self.folder / name)

    def read(self, name):
        return (self.folder / name).read_bytes()

    def test_several_outputs_of_one_sweep(self):
        outputs = [part for suffix in ("json", "csv", "svg", "png", "pdf") for part in ("-o", self.path("a." + suffix))]
        self.assertEqual(self.assert_succeeds(run("sweep", "demo", VERSE, *outputs)), b"")
        self.assertTrue(self.read("a.png").startswith(b"\x89PNG\r\n"))
        self.assertTrue(self.read("a.pdf").startswith(b"%PDF-"))
        self.assertTrue(self.read("a.pdf").rstrip().endswith(b"%%EOF"))
        self.assertEqual(len(list(self.folder.iterdir())), 6)  # no temporary file is left

    def test_a_saved_table_gives_the_same_bytes_as_the_sweep(self):
        for figure in FIGURES:
            for suffix in ("svg", "png", "pdf"):
                swept, drawn = f"{figure}-swept.{suffix}", f"{figure}-drawn.{suffix}"
                self.assert_succeeds(run("sweep", "demo", VERSE, "--figure", figure, "-o", self.path(swept)))
                self.assert_succeeds(run("render", str(self.table), "--figure", figure, "-o", self.path(drawn)))
                self.assertEqual(self.read(swept), self.read(drawn), drawn)

    def test_a_saved_table_is_written_again_as_it_was(self):
        again = self.assert_succeeds(run("render", str(self.table), "--format", "json"))
        self.assertEqual(again, self.table.read_bytes())
        text = self.assert_succeeds(run("render", str(self.table)))
        self.assertEqual(text, self.assert_succeeds(run("sweep", "demo", VERSE)))

    def test_an_svg_is_xml_and_tells_what_it_shows(self):
        rows = json.loads(self.table.read_text())["rows"]
        for figure in FIGURES:
            self.assert_succeeds(run("render", str(self.table), "--figure", figure, "-o", self.path(figure + ".svg")))
            root = xml.fromstring(self.read(figure + ".svg"))
            self.assertTrue(root.tag.endswith("svg"))
            words = " ".join(element.text or "" for element in root.iter() if element.tag.endswith(("title", "desc")))
            self.assertIn(VERSE[:40], words)
            if figure in ("heatmap", "panels", "text"):
                for row in rows:
                    self.assertIn(f"layer 12, position {row['position']}: best {row['best'][12]}", words)
            self.assertNotIn(b"<script", self.read(figure + ".svg"))

    def test_pixels(self):
        self.assert_succeeds(run("render", str(self.table), "--width", "800", "-o", self.path("a.png")))
        width, height = struct.unpack(">II", self.read("a.png")[16:24])
        self.assertEqual(width, 1600)
        self.assertGreater(height, 400)

    def test_no_time_and_no_name_of_this_machine_in_a_file(self):
        self.assert_succeeds(run("render", str(self.table), "-o", self.path("a.pdf"), "-o", self.path("a.svg")))
        self.assertEqual(re.findall(rb"CreationDate \(([^)]*)\)", self.read("a.pdf")), [b"20000101000000Z"])
        self.assertNotIn(str(self.folder).encode(), self.read("a.svg") + self.read("a.pdf"))

    def test_markup_in_a_text_stays_text(self):
        text = 'the </title><script>alert("x")</script> & earth'
        self.assert_succeeds(run("sweep", "demo", text, "-o", self.path("a.svg")))
        root = xml.fromstring(self.read("a.svg"))
        self.assertFalse([element for element in root.iter() if element.tag.endswith("script")])

    def test_an_empty_text_has_a_figure(self):
        for figure in FIGURES:
            self.assert_succeeds(run("sweep", "demo", "", "--figure", figure, "-o", self.path(figure + ".svg")))
            xml.fromstring(self.read(figure + ".svg"))

    def test_standard_output(self):
        xml.fromstring(self.assert_succeeds(run("render", str(self.table), "--format", "svg")))

    def test_help_lists_the_figures(self):
        for command in ("sweep", "render"):
            text = self.assert_succeeds(run(command, "--help")).decode()
            for figure in FIGURES:
                self.assertIn(f"  {figure} ", text)

    def test_letters_that_no_font_has_are_named(self):
        fonts = self.folder / "fonts.conf"
        latin = pathlib.Path("/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf")
        if not latin.exists():
            self.skipTest("no Noto Sans here")
        (self.folder / "fonts").mkdir()
        (self.folder / "fonts" / latin.name).symlink_to(latin)
        fonts.write_text(FONTS.format(f"<dir>{self.folder}/fonts</dir>", self.folder))
        result = run("sweep", "demo", "the \u4e2d earth", "-o", self.path("a.svg"),
                     environment={"FONTCONFIG_FILE": str(fonts)})
        self.assert_succeeds(result)
        self.assertRegex(result.stderr.decode(), r"note: no font here has .*U\+4E2D.*: shown as a box with its number")

    def test_the_language_of_the_user_changes_nothing(self):
        for text in ("the \u76f4\u9aa8 earth", "\u0641\u064a \u0627\u0644\u0628\u064e\u062f\u0621"):
            figures = {run("sweep", "demo", text, "--format", "svg", "--quiet",
                           environment={"LANG": language, "LANGUAGE": language[:2], "PANGO_LANGUAGE": language[:2]}).stdout
                       for language in ("C", "ja_JP.UTF-8", "ur_PK.UTF-8", "zh_TW.UTF-8")}
            self.assertEqual(len(figures), 1)

    def test_no_font_at_all(self):
        fonts = self.folder / "fonts.conf"
        fonts.write_text(FONTS.format("", self.folder))
        result = run("render", str(self.table), "-o", self.path("a.svg"), environment={"FONTCONFIG_FILE": str(fonts)})
        self.assert_error(result, 4, "fonts", "fonts-noto-core")
        self.assertFalse((self.folder / "a.svg").exists())


class BadUse(ProgramTest):
    def setUp(self):
        super().setUp()
        self.table = self.folder / "table.json"
        self.assert_succeeds(run("sweep", "demo", VERSE, "--stats", "best_z,entropy,best_id", "-o", str(self.table)))

    def assert_refused(self, code, *parts, command=("render",), options=()):
        output = self.folder / "a.svg"
        arguments = [str(self.table)] if command == ("render",) else ["demo", VERSE]
        self.assert_error(run(*command, *arguments, "-o", str(output), *options), code, *parts)
        self.assertFalse(output.exists())

    def test_options(self):
        for command in (("render",), ("sweep",)):
            self.assert_refused(2, "figure", "pie", "heatmap", command=command, options=("--figure", "pie"))
            self.assert_refused(2, "--theme", "blue", command=command, options=("--theme", "blue"))
            self.assert_refused(2, "width", "10", command=command, options=("--width", "10"))
            self.assert_refused(2, "--width", command=command, options=("--width", "wide"))
            self.assert_refused(2, "--positions", "a", command=command, options=("--positions", "1,a"))
            self.assert_refused(2, "position", "99", command=command, options=("--positions", "99"))
            self.assert_refused(2, "statistic", "love", command=command, options=("--stat", "love"))
            self.assert_refused(2, "statistic", "best_id", command=command, options=("--stat", "best_id"))
            self.assert_refused(2, "entropy", command=command, options=("--figure", "text", "--stat", "entropy"))

    def test_statistics_that_were_not_selected(self):
        self.assert_refused(2, "target_logprob", "--stats", options=("--figure", "laminar"))
        self.assert_refused(2, "best_logprob", options=("--figure", "panels"))
        self.assert_refused(2, "best_z", command=("sweep",), options=("--stats", "entropy"))
        self.assert_succeeds(run("sweep", "demo", VERSE, "--stats", "entropy", "-o", str(self.folder / "a.csv")))

    def test_what_is_no_table(self):
        for content in (b"", b"{}", b"[1]", b"\xff", b"{" * 1000, b'{"schema": "logitlens/2"}'):
            path = self.folder / "bad.json"
            path.write_bytes(content)
            self.assert_error(run("render", str(path), "-o", str(self.folder / "a.svg")), 3, "bad.json")
            path.unlink()
        self.assert_error(run("render", str(self.folder / "none.json")), 4, "none.json")
        self.assert_error(run("render", str(self.folder)), 3)
        self.assert_error(run("render"), 2, "TABLE")

    def test_a_table_that_was_tampered_with(self):
        table = json.loads(self.table.read_text())
        table["rows"][0]["best_z"][3] = "high"
        self.table.write_text(json.dumps(table))
        self.assert_refused(3, "rows[0].best_z[3]", "high", "a number")

    def test_a_statistic_of_the_future_is_left_out_with_a_note(self):
        table = json.loads(self.table.read_text())
        for row in table["rows"]:
            row["surprise"] = row["best_z"]
        self.table.write_text(json.dumps(table))
        result = run("render", str(self.table), "-o", str(self.folder / "a.svg"))
        self.assert_succeeds(result)
        self.assertIn("left out: surprise", result.stderr.decode())

    def test_outputs(self):
        self.assert_error(run("render", str(self.table), "-o", str(self.table), "--force"), 2, "table.json")
        self.assert_error(run("render", str(self.table), "-o", str(self.folder / "a.gif")), 2, ".svg")
        self.assert_error(run("render", str(self.table), "-o", str(self.folder / "none" / "a.svg")), 4, "none")
        (self.folder / "a.svg").write_text("mine")
        self.assert_error(run("render", str(self.table), "-o", str(self.folder / "a.svg")), 2, "--force")
        self.assertEqual((self.folder / "a.svg").read_text(), "mine")


if __name__ == "__main__":
    unittest.main()
