"""Options that contradict each other, are unknown or malformed: exit code 2, one message, nothing created."""

import unittest

from program import ProgramTest, run, run_on_terminal

COMMANDS = ("sweep", "trace", "ladder", "render", "dump", "inspect", "verify", "convert", "models")


class Usage(ProgramTest):
    def test_version(self):
        self.assertRegex(self.assert_succeeds(run("--version")).decode(), r"^logitlens \d+\.\d+\.\d+\n$")

    def test_help_names_every_command_and_only_those(self):
        text = self.assert_succeeds(run("--help")).decode()
        for command in COMMANDS:
            self.assertIn(f"\n  {command} ", text)
        for later in ("serve", "corpus"):
            self.assertNotIn(f"\n  {later} ", text)

    def test_each_command_has_help_with_an_example(self):
        for command in COMMANDS:
            result = run(command, "--help")
            self.assertIn(f"  logitlens {command}", self.assert_succeeds(result).decode())
            self.assertEqual(result.stderr, b"")

    def test_no_command(self):
        self.assert_error(run(), 2, "expected a command: sweep", "logitlens --help")

    def test_unknown_command(self):
        self.assert_error(run("swep", "demo"), 2)

    def test_unknown_option(self):
        self.assert_error(run("sweep", "demo", "text", "--bogus"), 2, "--bogus", "logitlens sweep --help")

    def test_an_option_cannot_write_to_the_terminal(self):
        self.assert_error(run("sweep", "demo", "text", "--bo\x1b[31mgus"), 2, "\\x1b")

    def test_missing_model(self):
        self.assert_error(run("sweep"), 2, "MODEL")

    def test_options_that_are_refused(self):
        cases = [
            (("--lens", "half"), ("--lens", "half", "full, norm, final_norm, bias or raw")),
            (("--stats", "best_z,luck"), ("--stats", "luck", "best_z")),
            (("--stats", "best_z,,mean"), ("--stats",)),
            (("--layers", "3-1"), ("--layers", "3-1")),
            (("--layers", "0-999"), ("--layers", "0-999")),
            (("--layers=-3",), ("--layers", "-3")),
            (("--layers", "x"), ("--layers", "x")),
            (("--layers", "1,,2"), ("--layers",)),
            (("--layers", "99999999999"), ("--layers",)),
            (("--mask", "sometimes"), ("mask", "sometimes")),
            (("--mask", "999"), ("999",)),
            (("--target", "notaword"), ("--target", "notaword")),
            (("--max-length", "shrink"), ("--max-length", "shrink", "refuse, truncate or window")),
            (("--window-stride", "5"), ("--window-stride", "5", "--max-length window")),
            (("--second", "more", "--max-length", "window"), ("--max-length", "window", "refuse or truncate")),
            (("--precision", "f16"), ("--precision", "f16", "int8")),
            (("--threads", "-1"), ("--threads",)),
            (("--threads", "many"), ("--threads",)),
            (("--top", "0"), ("--top", "0")),
            (("--top", "9999999"), ("--top", "9999999")),
            (("--color", "pink"), ("--color", "pink", "auto, always or never")),
            (("--format", "yaml"), ("format", "yaml", "text, json, ndjson, csv, html, svg, png, pdf")),
            (("--file", "a.txt"), ("--file",)),
        ]
        for options, parts in cases:
            with self.subTest(options):
                self.assert_error(run("sweep", "demo", "some text", *options), 2, *parts)

    def test_an_empty_value_is_no_option_left_out(self):
        for option in ("--mask", "--layers", "--stats", "--threads", "--top", "--file", "--format", "-o", "--lens", "--class-file"):
            with self.subTest(option):
                name = "--output" if option == "-o" else option
                self.assert_error(run("sweep", "demo", "some text", option, ""), 2, name + ': found ""', "logitlens sweep --help")
        self.assert_error(run("sweep", "", "some text"), 2, 'MODEL: found ""')
        self.assert_error(run("render", ""), 2, 'TABLE: found ""')
        self.assert_error(run("trace", "demo", "some text", "--position="), 2, "--position")

    def test_an_empty_text_is_a_text(self):
        self.assert_succeeds(run("sweep", "demo", ""))
        self.assert_succeeds(run("sweep", "demo", "some text", "--second", ""))

    def test_a_text_missing_on_a_terminal_is_asked_for_and_not_waited_for(self):
        code, output, errors = run_on_terminal("sweep", "demo")
        self.assertEqual((code, output), (2, b""))
        self.assertIn(b"--file", errors)

    def test_two_texts(self):
        self.assert_error(run("sweep", "demo", "one", "two"), 2, "two")

    def test_errors_are_the_same_in_another_locale(self):
        for locale in ("C", "de_DE.UTF-8", "tr_TR.UTF-8"):
            result = run("sweep", "demo", "a", "--format", "json", "--quiet", environment={"LC_ALL": locale})
            self.assertIn(b'"best_z": [', self.assert_succeeds(result))


if __name__ == "__main__":
    unittest.main()
