"""Every command that the pages tell a reader to type is run, in its order, in one shell; their tables say what the program says."""

import os
import pathlib
import re
import subprocess
import unittest

import program

ROOT = pathlib.Path(__file__).resolve().parents[2]
# What this test itself stands for: building, and fetching the real model.
ELSEWHERE = re.compile(r"^(script/|export PATH=|find_package|target_link_libraries)")


def commands_of(page):
    """Lines of the indented blocks outside code fences."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.S)
    return [line[4:].rstrip() for line in text.split("\n") if line.startswith("    ") and line.strip()]


class DocumentedCommands(program.ProgramTest):
    def run_commands(self, page):
        """The commands of a page, without those that need the real model where it is not there; how many ran."""
        model = os.environ.get("LOGITLENS_BERT_BASE")
        commands = []
        for command in commands_of(page):
            command = command.replace("build/release/logitlens", "logitlens")
            if "$(script/get-bert-base)" in command:
                if not model:
                    continue
                command = command.replace("$(script/get-bert-base)", model)
            if '"$model"' in command and not model:
                continue
            if not ELSEWHERE.match(command):
                commands.append(command)
        binary = pathlib.Path(program.BINARY).resolve().parent
        script = "\n".join(["set -euo pipefail", f'PATH="{binary}:$PATH"', *commands])
        result = subprocess.run(["bash", "-c", script], cwd=self.folder, capture_output=True, timeout=3000, check=False)
        self.assertEqual(result.returncode, 0, result.stderr.decode())
        return len(commands)

    def test_of_the_readme(self):
        self.assertGreaterEqual(self.run_commands(ROOT / "README.md"), 11)
        written = {path.name for path in self.folder.iterdir()}
        self.assertLessEqual({"sweep.html", "sweep.json", "sweep.csv", "states.safetensors", "heatmap.svg", "text.png"}, written)

    def test_of_the_tour(self):
        self.assertGreaterEqual(self.run_commands(ROOT / "docs/tour.md"), 2)

    def test_statistics_are_those_of_the_program(self):
        """The table of docs/analysis.md says what --help says: names, units, formulas. LOGITLENS_UPDATE=1 writes it."""
        help_text = program.run("sweep", "--help").stdout.decode().split("Statistics, x being")[1].split("Figures:")[0]
        listed = [re.split(" {2,}", line.strip()) for line in help_text.splitlines()[1:] if line.strip()]
        page = ROOT / "docs/analysis.md"
        if os.environ.get("LOGITLENS_UPDATE"):
            lines = [f"| `{name}` | {unit} | " + formula.replace("|", "\\|") + " |\n" for name, unit, formula in listed]
            text = page.read_text(encoding="utf-8")
            page.write_text(re.sub(r"(?:^\| `\w+` \|.*\n)+", lambda _: "".join(lines), text, count=1, flags=re.M), encoding="utf-8")
        section = page.read_text(encoding="utf-8").split("## ")[1]
        rows = re.findall(r"^\| `(\w+)` \| (.+?) \| (.+) \|$", section, flags=re.M)
        self.assertEqual([[name, unit, formula.replace("\\|", "|")] for name, unit, formula in rows], listed)

    def test_links_lead_somewhere(self):
        for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
            for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
                self.assertTrue((page.parent / target).exists(), f"{page.name}: {target}")


if __name__ == "__main__":
    unittest.main()
