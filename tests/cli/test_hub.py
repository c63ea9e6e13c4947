"""Models named by their hub id: found in the hub's cache, read only, never outside it."""

import hashlib
import json
import pathlib
import shutil
import unittest

from program import VERSE, ProgramTest, run

DEMO = pathlib.Path(__file__).resolve().parents[2] / "data" / "demo"
COMMIT, OTHER = "1" * 40, "2" * 40
SETTINGS = ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_HOME", "XDG_CACHE_HOME")


class HubIds(ProgramTest):
    def setUp(self):
        super().setUp()
        self.hub = self.folder / "home" / "hub"
        self.model = self.add("org--demo", COMMIT)
        self.reference("org--demo", "main", COMMIT)

    def add(self, name, commit):
        """The demo as the hub's tools would have laid it down."""
        model = self.hub / f"models--{name}"
        snapshot = model / "snapshots" / commit
        snapshot.mkdir(parents=True)
        (model / "blobs").mkdir(exist_ok=True)
        for file in ("config.json", "vocab.txt", "tokenizer_config.json", "model.safetensors"):
            blob = hashlib.sha256((DEMO / file).read_bytes()).hexdigest()
            shutil.copy(DEMO / file, model / "blobs" / blob)
            (snapshot / file).symlink_to(f"../../blobs/{blob}")
        return model

    def reference(self, name, revision, content):
        path = self.hub / f"models--{name}" / "refs" / revision
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)

    def call(self, *arguments, **options):
        environment = {**dict.fromkeys(SETTINGS, ""), "HF_HOME": str(self.hub.parent)}
        return run(*arguments, environment=environment, **options)

    def sweep(self, model, **options):
        arguments = ("sweep", model, VERSE, "--mask", "3", "--format", "json", "--quiet")
        return json.loads(self.assert_succeeds(self.call(*arguments, **options)))

    def test_the_same_table_as_from_its_directory(self):
        snapshot = self.model / "snapshots" / COMMIT
        here, there = self.sweep("org/demo"), self.sweep(str(snapshot))
        self.assertEqual(here["rows"], there["rows"])
        self.assertEqual(here["model"]["id"], "org/demo")
        self.assertEqual(here["model"]["source"], str(snapshot))
        self.assertEqual(there["model"]["id"], str(snapshot))

    def test_the_blobs_name_is_the_hash(self):
        expected = hashlib.sha256((DEMO / "model.safetensors").read_bytes()).hexdigest()
        self.assertEqual(self.sweep("org/demo")["model"]["sha256"], expected)

    def test_revisions(self):
        self.add("org--demo", OTHER)
        self.reference("org--demo", "v1", OTHER)
        for name, commit in (("org/demo", COMMIT), ("org/demo@v1", OTHER), (f"org/demo@{OTHER}", OTHER)):
            model = self.sweep(name)["model"]
            self.assertEqual((model["id"], pathlib.Path(model["source"]).name), (name, commit))

    def test_a_name_without_an_organisation(self):
        self.add("tiny", COMMIT)
        self.assertEqual(self.sweep("tiny")["model"]["id"], "tiny")

    def test_a_directory_of_that_name_wins(self):
        directory = self.folder / "org" / "demo"
        directory.mkdir(parents=True)
        for file in ("config.json", "vocab.txt", "tokenizer_config.json", "model.safetensors"):
            shutil.copy(DEMO / file, directory)
        self.assertEqual(self.sweep("org/demo", cwd=self.folder)["model"]["source"], "org/demo")

    def test_absent(self):
        place = str(self.hub / "models--org--none")
        self.assert_error(self.call("sweep", "org/none", "text"), 3, place, "huggingface-cli download org/none")
        self.assert_error(self.call("inspect", "org/demo@v9"), 3, "v9", "--revision v9")
        self.assert_error(self.call("inspect", "demo-none"), 3, "huggingface-cli download demo-none")

    def test_several_snapshots_and_none_is_the_current_one(self):
        self.add("org--demo", OTHER)
        (self.model / "refs" / "main").unlink()
        self.assert_error(self.call("verify", "org/demo"), 3, "2 snapshots", f"org/demo@{COMMIT}")

    def test_crafted_ids_stay_in_the_cache(self):
        outside = self.folder / "home" / "secret"
        shutil.copytree(DEMO, outside)
        for name in ("../secret", "org/../../secret", "org/demo@../../../secret", "org/demo@../../secret", "..", "org/.."):
            self.assert_error(self.call("inspect", name, cwd=self.hub / "models--org--demo"), 3)

    def test_junk_in_a_reference(self):
        for junk in ("", "../../../secret", "x" * 40, COMMIT + "0"):
            self.reference("org--demo", "main", junk)
            self.assert_error(self.call("inspect", "org/demo"), 3, "refs/main", "40 hexadecimal digits")

    def test_a_broken_link(self):
        snapshot = self.model / "snapshots" / COMMIT
        blob = (snapshot / "model.safetensors").resolve()
        blob.rename(blob.with_suffix(".incomplete"))
        again = "huggingface-cli download org/demo"
        self.assert_error(self.call("inspect", "org/demo"), 3, "model.safetensors", "broken off", again)
        (snapshot / "model.safetensors").unlink()
        self.assert_error(self.call("inspect", "org/demo"), 3, "no weights", "broken off", again)

    def test_an_output_that_is_a_file_of_the_model(self):
        config = self.model / "snapshots" / COMMIT / "config.json"
        shutil.copy(config, self.folder / "config.json")
        config.unlink()
        (self.folder / "config.json").rename(config)
        self.assert_error(self.call("sweep", "org/demo", VERSE, "-o", str(config), "--force"), 2, "config.json")

    def test_models_lists_what_can_be_opened(self):
        self.add("tiny", OTHER)
        self.add("broken", COMMIT)
        (self.hub / "models--broken" / "snapshots" / COMMIT / "config.json").unlink()
        lines = self.assert_succeeds(self.call("models")).decode().splitlines()
        listed = {line.split()[0]: line for line in lines}
        self.assertIn(f"revision {COMMIT} ({self.model / 'snapshots' / COMMIT})", listed["org/demo"])
        self.assertIn("bert, 12 layers, width 128, 6144 tokens", listed["org/demo"])
        self.assertIn(f"tiny@{OTHER}", listed)
        self.assertFalse([name for name in listed if name.startswith("broken")])
        for name in ("org/demo", f"tiny@{OTHER}"):
            self.sweep(name)


if __name__ == "__main__":
    unittest.main()
