// The heat map as a table of the document: what screen readers and find-in-page read. Hidden from view until asked for.
import type { Table } from "./data";
import { bestToken, isRight, value } from "./data";
import { el, replace, word } from "./dom";
import type { Statistic } from "./statistics";
import { layerName, piece, rowName } from "./words";

export function drawDataTable(host: HTMLElement, name: string, table: Table, statistic: Statistic | null): void {
  const head = el("tr", {}, el("th", { scope: "col" }, "layer"), ...table.rows.map((row) => el("th", { scope: "col" }, word(rowName(table, row)))));
  const lines = table.layers.map((_, layer) => {
    const cells = table.rows.map((row) => {
      const token = bestToken(row, layer);
      const number = statistic ? value(row, statistic.name, layer) : null;
      const text = [token === null ? "" : piece(table, token), isRight(row, layer) ? "\u2713" : "", number === null || !statistic ? "" : statistic.format(number)];
      return el("td", { class: isRight(row, layer) ? "right" : undefined }, word(text.filter((part) => part !== "").join(" ")));
    });
    return el("tr", {}, el("th", { scope: "row" }, layerName(table, layer)), ...cells);
  });
  const caption = `${name}: the best guess of each layer for each word${statistic ? `; ${statistic.label}` : ""}. A tick marks the true word.`;
  replace(host, el("table", { class: "data" }, el("caption", {}, caption), el("thead", {}, head), el("tbody", {}, ...lines.reverse())));
}
