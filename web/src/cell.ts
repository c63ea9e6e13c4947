// What there is to say about one cell: the most likely tokens, and where the true one stands.
import type { Row, Table, TopToken } from "./data";
import { bestToken, isRight, value } from "./data";
import type { Child } from "./dom";
import { el, word } from "./dom";
import { decimal, ordinal, percent } from "./statistics";
import { layerName, piece, rowName } from "./words";

// The best tokens of a layer; from the statistics if the table has no `top`.
export function topTokens(row: Row, layer: number): TopToken[] {
  const top = row.top?.[layer];
  if (top && top.length > 0) return top;
  const token = bestToken(row, layer);
  if (token === null) return [];
  return [
    {
      id: value(row, "best_id", layer) ?? -1,
      token,
      logit: null,
      logprob: value(row, "best_logprob", layer),
      z: value(row, "best_z", layer),
    },
  ];
}

export function cellTitle(table: Table, row: Row, layer: number): Child[] {
  const verb = row.masked ? " hidden" : "";
  return [word(rowName(table, row), "word target"), `${verb}, ${layerName(table, layer)}`];
}

export function topTable(table: Table, row: Row, layer: number, pick?: (token: TopToken) => void): HTMLElement {
  const tokens = topTokens(row, layer);
  const lines = tokens.map((token, place) => {
    const right = token.id === row.target_id;
    const share = token.logprob === null ? 0 : Math.exp(token.logprob);
    const bar = el("span", { class: "bar" });
    bar.style.width = `${(100 * share).toFixed(1)}%`;
    const name = word(piece(table, token.token), right ? "word right" : "word");
    const shown = pick
      ? el("button", { type: "button", class: "pick", title: "Follow this word through the layers" }, name)
      : name;
    if (pick) shown.addEventListener("click", () => pick(token));
    return el(
      "tr",
      { class: right ? "right" : undefined },
      el("td", { class: "place" }, String(place + 1)),
      el("th", { scope: "row" }, shown, right ? el("span", { class: "tick", title: "the true word" }, " \u2713") : null),
      el("td", { class: "number" }, token.z === null ? "" : decimal(token.z)),
      el("td", { class: "number share" }, token.logprob === null ? "" : percent(token.logprob), el("span", { class: "bars" }, bar)),
    );
  });
  return el(
    "table",
    { class: "top" },
    el(
      "thead",
      {},
      el("tr", {}, el("th", {}, ""), el("th", { scope: "col" }, "best guesses"), el("th", { scope: "col" }, "z"), el("th", { scope: "col" }, "probability")),
    ),
    el("tbody", {}, ...lines),
  );
}

// "The true word way is 3rd of 30,522 (z 8.1, 12 %)."
export function targetLine(table: Table, row: Row, layer: number): Child[] {
  if (row.target_id === null || row.target === null) return ["What was hidden here is not known."];
  const rank = value(row, "target_rank", layer);
  const z = value(row, "target_z", layer);
  const logprob = value(row, "target_logprob", layer);
  const figures = [z === null ? "" : `z ${decimal(z)}`, logprob === null ? "" : percent(logprob)].filter((text) => text !== "");
  if (rank === null && figures.length === 0) return [];
  return [
    "True word ",
    word(piece(table, row.target), "word right"),
    rank === null ? ": " : ` is ${ordinal(rank)} of ${table.model.vocab.toLocaleString("en")}`,
    figures.length > 0 ? (rank === null ? figures.join(", ") : ` (${figures.join(", ")})`) : null,
    ".",
  ];
}

// One sentence for a screen reader.
export function spoken(table: Table, row: Row, layer: number): string {
  const best = bestToken(row, layer);
  const z = value(row, "best_z", layer);
  const logprob = value(row, "best_logprob", layer);
  const parts = [`${rowName(table, row)}, ${layerName(table, layer)}`];
  if (best !== null) {
    const verdict = row.target_id === null ? "" : isRight(row, layer) ? ", right" : ", wrong";
    parts.push(`best guess ${piece(table, best)}${verdict}`);
  }
  if (z !== null) parts.push(`z ${decimal(z)}`);
  if (logprob !== null) parts.push(percent(logprob));
  const rank = value(row, "target_rank", layer);
  if (rank !== null && rank > 0) parts.push(`true word ${ordinal(rank)}`);
  return parts.join("; ") + ".";
}
