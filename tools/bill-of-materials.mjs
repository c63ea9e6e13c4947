// What a built logitlens consists of, as CycloneDX 1.5 JSON: crates from Cargo.lock, npm packages from package-lock.json, and
// the system's packages that own the libraries the program loads, where the system has dpkg.
//   node tools/bill-of-materials.mjs PROGRAM VERSION OUT     CARGO names cargo
// The same build gives the same bytes: no time (but SOURCE_DATE_EPOCH's), no path, no random number.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [program, version, out] = process.argv.slice(2);
const cargo = process.env.CARGO || "cargo";

const run = (command, ...args) => execFileSync(command, args, { encoding: "utf8", maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "pipe"] });

// A component with the members that it has something to say in.
function component(type, name, version, purl, more) {
  const all = { type, "bom-ref": purl, name, version, purl, ...more };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

const licence = (expression) => (expression ? [{ expression: expression.replaceAll("/", " OR ") }] : undefined);

// name@version -> SHA-256 of what cargo fetched.
function cargoChecksums() {
  const blocks = readFileSync(join(root, "tokenizer/Cargo.lock"), "utf8").split("[[package]]").slice(1);
  const field = (block, name) => block.match(new RegExp(`^${name} = "(.*)"$`, "m"))?.[1];
  return new Map(blocks.map((block) => [`${field(block, "name")}@${field(block, "version")}`, field(block, "checksum")]));
}

// The crates that are linked, those that only build the others left out, and which needs which.
function crates() {
  const host = run(cargo, "-vV").match(/^host: (.*)$/m)[1];
  const manifest = join(root, "tokenizer/Cargo.toml");
  const metadata = JSON.parse(run(cargo, "metadata", "--locked", "--format-version", "1",
    "--filter-platform", host, "--manifest-path", manifest));
  const packages = new Map(metadata.packages.map((one) => [one.id, one]));
  const nodes = new Map(metadata.resolve.nodes.map((one) => [one.id, one]));
  const isMacro = (id) => packages.get(id).targets.some((target) => target.kind.includes("proc-macro"));
  const linked = (id) => nodes.get(id).deps
    .filter((dep) => dep.dep_kinds.some((kind) => kind.kind === null) && !isMacro(dep.pkg)).map((dep) => dep.pkg);
  const reached = new Set();
  const waiting = [...metadata.workspace_members];
  while (waiting.length > 0) {
    const id = waiting.pop();
    if (reached.has(id)) continue;
    reached.add(id);
    waiting.push(...linked(id));
  }
  const checksums = cargoChecksums();
  const purl = (id) => `pkg:cargo/${packages.get(id).name}@${packages.get(id).version}`;
  const own = new Set(metadata.workspace_members);
  const components = [...reached].filter((id) => !own.has(id)).map((id) => {
    const { name, version, license } = packages.get(id);
    const checksum = checksums.get(`${name}@${version}`);
    return component("library", name, version, purl(id),
      { scope: "required", licenses: licence(license), hashes: checksum ? [{ alg: "SHA-256", content: checksum }] : undefined });
  });
  const needs = [...reached].filter((id) => !own.has(id)).map((id) => [purl(id), linked(id).map(purl)]);
  return { components, needs, direct: [...own].flatMap(linked).map(purl) };
}

// The packages of the report. esbuild makes the bundle and is not in it.
function npmPackages() {
  const { packages } = JSON.parse(readFileSync(join(root, "web/package-lock.json"), "utf8"));
  const prefix = "node_modules/";
  const purl = (name) => `pkg:npm/${name.replace("@", "%40")}@${packages[prefix + name].version}`;
  const names = [];
  const waiting = Object.keys(packages[""].dependencies).filter((name) => name !== "esbuild");
  const direct = waiting.map(purl);
  while (waiting.length > 0) {
    const name = waiting.pop();
    if (names.includes(name)) continue;
    names.push(name);
    waiting.push(...Object.keys(packages[prefix + name].dependencies ?? {}));
  }
  const components = names.map((name) => {
    const { version, license, integrity } = packages[prefix + name];
    const [algorithm, digest] = integrity.split("-");
    const hash = { alg: algorithm.toUpperCase().replace("SHA", "SHA-"), content: Buffer.from(digest, "base64").toString("hex") };
    return component("library", name, version, purl(name), { scope: "required", licenses: licence(license), hashes: [hash] });
  });
  const needs = names.map((name) => [purl(name), Object.keys(packages[prefix + name].dependencies ?? {}).map(purl)]);
  return { components, needs, direct };
}

// The package that owns a file. Debian's database may know it under /usr as well as under /.
function ownerOf(file) {
  for (const path of [file, `/usr${file}`, file.replace(/^\/usr/, "")]) {
    try {
      return run("dpkg-query", "--search", path).split(":")[0];
    } catch {} // no package's
  }
  return undefined;
}

// Libraries that the program loads, and those that are compiled into it.
function systemPackages() {
  try {
    run("dpkg-query", "--version");
  } catch {
    return { components: [], needs: [], direct: [] };
  }
  const loaded = [...run("ldd", program).matchAll(/=> (\/\S+)/g)].map((match) => ownerOf(match[1])).filter((name) => name);
  const compiledIn = ["libhwy-dev", "nlohmann-json3-dev", "libcli11-dev"];
  const distribution = existsSync("/etc/os-release") ? readFileSync("/etc/os-release", "utf8").match(/^ID="?([^"\n]*)/m)?.[1] : undefined;
  const components = [];
  for (const name of [...new Set([...loaded, ...compiledIn])]) {
    let found;
    try {
      found = run("dpkg-query", "--show", "--showformat", "${Version}\t${Architecture}\n", name).split("\n")[0].split("\t");
    } catch {
      continue; // not from a package here
    }
    const purl = `pkg:deb/${distribution ?? "debian"}/${name}@${encodeURIComponent(found[0])}?arch=${found[1]}`;
    components.push(component("library", name, found[0], purl, { scope: "required" }));
  }
  return { components, needs: [], direct: components.map((one) => one.purl) };
}

const parts = [crates(), npmPackages(), systemPackages()];
const by = (key) => (a, b) => (a[key] < b[key] ? -1 : a[key] > b[key] ? 1 : 0);
const components = parts.flatMap((part) => part.components).sort(by("bom-ref"));
const own = component("application", "logitlens", version, `pkg:generic/logitlens@${version}`, { licenses: licence("Apache-2.0") });
const needs = [[own.purl, parts.flatMap((part) => part.direct)], ...parts.flatMap((part) => part.needs)];
const dependencies = needs.map(([ref, on]) => ({ ref, dependsOn: [...new Set(on)].sort() })).sort(by("ref"));
const epoch = process.env.SOURCE_DATE_EPOCH;
const content = {
  metadata: { ...(epoch ? { timestamp: new Date(1000 * Number(epoch)).toISOString() } : {}), component: own },
  components,
  dependencies,
};

// The serial number names this content: a UUID of version 8 made of its hash.
const digest = createHash("sha256").update(JSON.stringify(content)).digest("hex");
const uuid = [digest.slice(0, 8), digest.slice(8, 12), "8" + digest.slice(13, 16), "8" + digest.slice(17, 20), digest.slice(20, 32)].join("-");
const bill = { bomFormat: "CycloneDX", specVersion: "1.5", serialNumber: `urn:uuid:${uuid}`, version: 1, ...content };
writeFileSync(`${out}.tmp`, JSON.stringify(bill, null, 1) + "\n");
renameSync(`${out}.tmp`, out);
