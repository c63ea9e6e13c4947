// Bundles the report's script and style:   node build.mjs OUTPUT_DIR   writes report.js and report.css there.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const output = process.argv[2] ?? "dist";

// What the licences of the bundled libraries ask for, in every page that holds them.
function notices() {
  // Without carriage returns: an HTML parser drops them, and the policy's hash would be of another text.
  const file = (...parts) => readFileSync(join("node_modules", ...parts), "utf8").replace(/\r/g, "").trim();
  const parts = [file("echarts", "NOTICE"), file("zrender", "LICENSE"), file("tslib", "LICENSE.txt")];
  return `/*!\nThis script contains Apache ECharts (Apache License 2.0), zrender and tslib.\n\n${parts.join("\n\n")}\n*/`;
}

await build({
  entryPoints: { report: "src/main.ts" },
  outdir: output,
  bundle: true,
  minify: true,
  format: "iife",
  target: ["es2020", "chrome90", "firefox90", "safari15"],
  charset: "ascii", // whatever the page's encoding is taken for, the script means the same
  legalComments: "none",
  banner: { js: notices() },
  define: { "process.env.NODE_ENV": '"production"' },
  logLevel: "warning",
});
await build({ entryPoints: ["style/report.css"], outdir: output, minify: true, charset: "ascii", logLevel: "warning" });
