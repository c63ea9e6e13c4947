// The data, to take away: the JSON the page was made from, and the tidy table that -o table.csv writes.
import type { Page, StatisticInfo, Table } from "./data";
import { bestToken, series } from "./data";

const quoted = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replace(/"/g, '""')}"` : cell);

// A spreadsheet takes a text cell that begins so for a formula.
const textCell = (text: string): string => quoted((/^[=+\-@\t\r]/.test(text) ? "'" : "") + text);

const numberCell = (number: number | null | undefined): string => (number === null || number === undefined ? "" : String(number));

function columns(table: Table, statistics: StatisticInfo[]): string[] {
  return statistics.map((info) => info.name).filter((name) => table.rows.some((row) => series(row, name)?.length === table.layers.length && name !== "top"));
}

// The layer that a definition of settling gives: a number, or the layer of an object that says more.
function settlingLayer(value: unknown): number | null {
  if (typeof value === "number") return value;
  if (value !== null && typeof value === "object" && "layer" in value && typeof value.layer === "number") return value.layer;
  return null;
}

export function csvOf(page: Page): string {
  const first = page.tables[0];
  if (!first) return "";
  const names = columns(first, page.statistics);
  const settled = Object.keys(first.rows[0]?.settling ?? {});
  const head = ["model", "lens", "position", "token", "masked", "masked_with", "target_id", "target", "layer", "tap", "best", ...names, ...settled.map((name) => `settling_${name}`)];
  const records = [head.map(textCell)];
  for (const table of page.tables) {
    for (const row of table.rows) {
      table.layers.forEach((layer, k) => {
        records.push([
          textCell(table.model.id),
          textCell(table.run.lens),
          String(row.position),
          textCell(table.tokens[row.position]?.token ?? ""),
          String(row.masked),
          row.masked_with.join(" "),
          numberCell(row.target_id),
          textCell(row.target ?? ""),
          String(layer),
          textCell(table.taps[k] ?? ""),
          textCell(bestToken(row, k) ?? ""),
          ...names.map((name) => numberCell(series(row, name)?.[k])),
          ...settled.map((name) => numberCell(settlingLayer(row.settling[name]))),
        ]);
      });
    }
  }
  return records.map((record) => record.join(",") + "\r\n").join("");
}

export function jsonOf(page: Page): string {
  return page.sources.length === 1 ? (page.sources[0] ?? "") + "\n" : `[${page.sources.join(",\n")}]\n`;
}

export function download(name: string, type: string, content: string): void {
  const link = document.createElement("a");
  link.download = name;
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

// The clipboard where the browser gives it to a local file, else the old way through a selection.
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.className = "for-readers";
    area.value = text;
    document.body.appendChild(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}
