"""Every command that the README tells a reader to type is run, in its order, in one shell."""

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


class ReadmeTest(program.ProgramTest):
    def test_commands_run(self):
        model = os.environ.get("LOGITLENS_BERT_BASE")
        commands = []
        for command in commands_of(ROOT / "README.md"):
            command = command.replace("build/release/logitlens", "logitlens")
            if "$(script/get-bert-base)" in command:
                if not model:
                    continue
                command = command.replace("$(script/get-bert-base)", model)
            if not ELSEWHERE.match(command):
                commands.append(command)
        self.assertGreaterEqual(len(commands), 9, commands)
        binary = pathlib.Path(program.BINARY).resolve().parent
        script = "\n".join(["set -euo pipefail", f'PATH="{binary}:$PATH"', *commands])
        result = subprocess.run(["bash", "-c", script], cwd=self.folder, capture_output=True, timeout=300, check=False)
        self.assertEqual(result.returncode, 0, result.stderr.decode())
        written = {path.name for path in self.folder.iterdir()}
        self.assertLessEqual({"sweep.html", "sweep.json", "sweep.csv", "states.safetensors"}, written)

    def test_links_lead_somewhere(self):
        for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
            for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
                self.assertTrue((page.parent / target).exists(), f"{page.name}: {target}")


if __name__ == "__main__":
    unittest.main()
