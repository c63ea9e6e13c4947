"""The bill of materials of the build: what is in it is in the locks, and what is in the locks and linked is in it."""

import json
import os
import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BILL = pathlib.Path(os.environ["LOGITLENS_BILL"])
PURL = re.compile(r"pkg:(cargo|npm|deb/[a-z]+)/((?:%40)?[\w.+~-]+(?:/[\w.-]+)?)@([^?]+)(\?arch=\w+)?$")


class BillOfMaterials(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.bill = json.loads(BILL.read_text(encoding="utf-8"))
        cls.components = {component["bom-ref"]: component for component in cls.bill["components"]}

    def of_kind(self, kind):
        return [component for purl, component in self.components.items() if purl.startswith(f"pkg:{kind}/")]

    def test_the_document(self):
        self.assertEqual(list(self.bill)[:4], ["bomFormat", "specVersion", "serialNumber", "version"])
        self.assertEqual((self.bill["bomFormat"], self.bill["specVersion"], self.bill["version"]), ("CycloneDX", "1.5", 1))
        self.assertRegex(self.bill["serialNumber"], r"^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$")
        own = self.bill["metadata"]["component"]
        version = re.search(r"project\(logitlens VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text())[1]
        self.assertEqual((own["type"], own["name"], own["version"]), ("application", "logitlens", version))
        self.assertEqual(own["licenses"], [{"expression": "Apache-2.0"}])

    def test_every_component_has_its_fields(self):
        self.assertEqual(len(self.components), len(self.bill["components"]), "a component twice")
        for component in self.bill["components"]:
            with self.subTest(component["name"]):
                purl = PURL.match(component["purl"])
                self.assertIsNotNone(purl, component["purl"])
                self.assertEqual(component["bom-ref"], component["purl"])
                self.assertEqual((component["type"], component["scope"]), ("library", "required"))
                self.assertEqual(purl[2].replace("%40", "@"), component["name"])
                self.assertTrue(component["version"])
                if not purl[1].startswith("deb/"):
                    (licence,), (digest,) = component["licenses"], component["hashes"]
                    self.assertTrue(licence["expression"])
                    length = {"SHA-256": 64, "SHA-512": 128}[digest["alg"]]
                    self.assertRegex(digest["content"], rf"^[0-9a-f]{{{length}}}$")

    def test_crates_are_those_of_the_lock(self):
        lock = (ROOT / "tokenizer/Cargo.lock").read_text(encoding="utf-8")
        locked = {(name, version, digest) for name, version, digest in re.findall(r'name = "(.*)"\nversion = "(.*)"\nsource = ".*"\nchecksum = "(.*)"', lock)}
        crates = {(one["name"], one["version"], one["hashes"][0]["content"]) for one in self.of_kind("cargo")}
        self.assertLessEqual(crates, locked)
        self.assertLessEqual({"tokenizers", "onig", "serde_json", "unicode-segmentation"}, {name for name, *_ in crates})

    def test_npm_packages_are_those_of_the_page(self):
        self.assertEqual({one["name"] for one in self.of_kind("npm")}, {"echarts", "zrender", "tslib"})
        locked = json.loads((ROOT / "web/package-lock.json").read_text(encoding="utf-8"))["packages"]
        for one in self.of_kind("npm"):
            self.assertEqual(one["version"], locked[f"node_modules/{one['name']}"]["version"])

    @unittest.skipUnless(pathlib.Path("/usr/bin/dpkg-query").exists(), "no dpkg here")
    def test_packages_of_the_system_are_there_with_their_versions(self):
        names = " ".join(one["name"] for one in self.components.values() if one["purl"].startswith("pkg:deb/"))
        for part in ("libdnnl", "libfmt", "libcairo", "libpango", "libssl", "libutf8proc", "libgomp", "libc6", "libstdc++", "nlohmann-json3-dev"):
            self.assertIn(part, names)

    def test_dependencies_are_of_components(self):
        known = {self.bill["metadata"]["component"]["bom-ref"], *self.components}
        refs = [dependency["ref"] for dependency in self.bill["dependencies"]]
        self.assertEqual(len(refs), len(set(refs)))
        for dependency in self.bill["dependencies"]:
            self.assertIn(dependency["ref"], known)
            self.assertLessEqual(set(dependency["dependsOn"]), known)
        reached = {ref for dependency in self.bill["dependencies"] for ref in dependency["dependsOn"]}
        self.assertEqual(reached, set(self.components), "a component that nothing needs")

    def test_nothing_of_the_machine_is_in_it(self):
        text = BILL.read_text(encoding="utf-8")
        for path in (str(ROOT), os.path.expanduser("~"), "file://"):
            self.assertNotIn(path, text)


if __name__ == "__main__":
    unittest.main()
