// Pages to test: those the program writes, and the same with tables put in by hand. The data stand outside of what the
// content security policy names, so that a page stays valid when they are replaced.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const program = process.env.LOGITLENS_BIN ?? "build/release/logitlens";
export const folder = mkdtempSync(join(tmpdir(), "logitlens-browser-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

export const verse = "In the beginning God created the heaven and the earth.";

export function logitlens(...options) {
  return execFileSync(program, options, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], maxBuffer: 1 << 28 });
}

export const sweep = (text, ...options) => JSON.parse(logitlens("sweep", "demo", text, "--format", "json", ...options));

let pages = 0;
export function writePage(text, ...options) {
  const path = join(folder, `page-${pages++}.html`);
  logitlens("sweep", "demo", "-o", path, ...options, "--", text);
  return path;
}

const inHtml = (json) =>
  json.replace(/[<>&\u2028\u2029]/g, (character) => "\\u" + character.charCodeAt(0).toString(16).padStart(4, "0"));

// A page of the program with other tables: objects, or the text of JSON.
export function pageOf(...tables) {
  const page = readFileSync(writePage(verse), "utf8");
  const start = page.indexOf('<script type="application/json" id="table-0">');
  const end = page.indexOf("</script>", start) + "</script>".length;
  const blocks = tables.map((table, i) => {
    const json = typeof table === "string" ? table : JSON.stringify(table);
    return `<script type="application/json" id="table-${i}">${inHtml(json)}</script>`;
  });
  const path = join(folder, `page-${pages++}.html`);
  writeFileSync(path, page.slice(0, start) + blocks.join("\n") + page.slice(end));
  return path;
}

// A table of `count` words and `layers` layers, out of a small one repeated.
export function stretched(table, count, layers) {
  const words = table.tokens.filter((token) => !token.special);
  const last = table.layers.length - 1;
  const over = (values) => Array.from({ length: layers }, (_, k) => values[Math.round((k * last) / (layers - 1))]);
  const out = { ...table, text: "", tokens: [table.tokens[0]], rows: [], layers: Array.from({ length: layers }, (_, k) => k) };
  out.model = { ...table.model, layers: layers - 1 };
  for (let i = 0; i < count; ++i) {
    const word = words[i % words.length];
    const start = out.text.length + (i > 0 ? 1 : 0);
    out.text += (i > 0 ? " " : "") + word.text;
    out.tokens.push({ ...word, position: i + 1, start, end: out.text.length });
    const row = { ...table.rows[i % table.rows.length], position: i + 1, masked_with: [i + 1] };
    for (const [name, values] of Object.entries(row)) {
      if (Array.isArray(values) && values.length === table.layers.length) row[name] = over(values);
    }
    row.best_z = row.best_z.map((z, k) => z + Math.sin(i * 7 + k));
    out.rows.push(row);
  }
  out.tokens.push({ ...table.tokens.at(-1), position: count + 1, start: out.text.length, end: out.text.length });
  return out;
}
