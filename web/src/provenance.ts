// Where the numbers come from, and how to take them away.
import type { Page, Table } from "./data";
import { el } from "./dom";
import { copy, csvOf, download, jsonOf } from "./export";
import { shown } from "./text";
import { lensWords, maskWords, tableName } from "./words";

function facts(pairs: Fact[]): HTMLElement {
  const known = pairs.filter((pair): pair is [string, string] => pair[1] !== null && pair[1] !== "");
  return el("dl", { class: "facts" }, ...known.flatMap(([name, text]) => [el("dt", {}, name), el("dd", {}, el("bdi", {}, shown(text)))]));
}

type Fact = [string, string | null];

// What int8 changed, in the rows that were computed again in float32.
function driftWords(drift: unknown): string | null {
  if (drift === null || typeof drift !== "object") return null;
  const of = drift as Record<string, number>;
  return `best token the same in ${of["same_best"]} of ${of["states"]} states computed again in float32, z within ${of["z"]?.toPrecision(2)}`;
}

function factsOf(table: Table): Fact[] {
  const { model, run } = table;
  const text = (value: unknown): string | null => (value === null || value === undefined ? null : String(value));
  return [
    ["model", model.id],
    ["family", `${model.family}, ${model.layers} layers, hidden size ${model.hidden}, ${model.vocab.toLocaleString("en")} words in the vocabulary`],
    ["source", model.source],
    ["sha256", model.sha256],
    ["lens", `${run.lens}${lensWords(run.lens) ? ` (${lensWords(run.lens)})` : ""}`],
    ["mask", `${run.mask} (${maskWords(table)})`],
    ["logitlens", text(run.version)],
    ["precision", text(run["precision"])],
    ["drift", driftWords(run["drift"])],
    ["instruction set", text(run["isa"])],
    ["matrix products", text(run["gemm"])],
    ["logits", run["logits"] === "screened" ? "only those that decide: statistics without all logits" : null],
    ["threads", text(run["threads"])],
    ["texts at once", text(run["batch"])],
    ["computed in", typeof run["wall_s"] === "number" ? `${run["wall_s"].toFixed(2)} s` : null],
    ["windows", typeof run["windows"] === "number" && run["windows"] > 1 ? `${run["windows"]}, overlapping` : null],
    ["truncated tokens", run.truncated_tokens > 0 ? String(run.truncated_tokens) : "none"],
    ["settling", `rank at most ${run.parameters.settle_rank}, KL below ${run.parameters.settle_kl} nats`],
    ["pseudo-log-likelihood", table.findings.pseudo_log_likelihood === null ? null : `${table.findings.pseudo_log_likelihood.toFixed(3)} nats`],
  ];
}

// What the tables have in common, once; what tells them apart, side by side.
function tableFacts(tables: Table[]): HTMLElement[] {
  const all = tables.map(factsOf);
  const first = all[0] ?? [];
  const value = (facts: Fact[], name: string): string | null => facts.find((fact) => fact[0] === name)?.[1] ?? null;
  const isCommon = (fact: Fact): boolean => all.every((facts) => value(facts, fact[0]) === fact[1]);
  const distinct = first.filter((fact) => !isCommon(fact)).map((fact) => fact[0]);
  const common = facts(first.filter(isCommon));
  if (distinct.length === 0) return [common];
  const cell = (text: string | null): HTMLElement => el("td", {}, el("bdi", {}, shown(text ?? "")));
  const head = el("tr", {}, el("th", {}), ...tables.map((table) => el("th", { scope: "col" }, tableName(table, tables))));
  const lines = distinct.map((name) => el("tr", {}, el("th", { scope: "row" }, name), ...all.map((facts) => cell(value(facts, name)))));
  return [common, el("div", { class: "scroll" }, el("table", { class: "differences" }, el("thead", {}, head), el("tbody", {}, ...lines)))];
}

export function provenance(page: Page): HTMLElement {
  const { tables } = page;
  return el(
    "section",
    { class: "block", "aria-labelledby": "provenance-title" },
    el("h2", { id: "provenance-title" }, "Where this comes from"),
    ...tableFacts(tables),
    statisticList(page),
  );
}

function statisticList(page: Page): HTMLElement {
  const lines = page.statistics.flatMap((info) => [el("dt", {}, info.name), el("dd", {}, el("bdi", {}, `${shown(info.formula)} [${shown(info.unit)}]`))]);
  return el("details", {}, el("summary", {}, "What each statistic is"), el("dl", { class: "facts" }, ...lines));
}

export function takeAway(page: Page): HTMLElement {
  const said = el("span", { class: "said", role: "status" });
  const button = (label: string, act: () => void): HTMLElement => {
    const one = el("button", { type: "button" }, label);
    one.addEventListener("click", act);
    return one;
  };
  return el(
    "section",
    { class: "block no-print", "aria-labelledby": "data-title" },
    el("h2", { id: "data-title" }, "Take the data away"),
    el("p", { class: "hint" }, "All numbers of this page: one record for each word and layer as CSV, or the whole document as JSON."),
    el(
      "div",
      { class: "buttons" },
      button("Download CSV", () => download("logitlens.csv", "text/csv", csvOf(page))),
      button("Download JSON", () => download("logitlens.json", "application/json", jsonOf(page))),
      button("Copy as CSV", () => void copy(csvOf(page)).then((done) => (said.textContent = done ? "Copied." : "The browser refused; download it instead."))),
      button("Print", () => window.print()),
      said,
    ),
  );
}

// What must not be overlooked: notes of the run, cut texts.
export function notices(tables: Table[]): HTMLElement | null {
  const notes = new Set(tables.flatMap((table) => table.notes));
  for (const table of tables) {
    const cut = table.run.truncated_tokens;
    if (cut > 0 && table.notes.length === 0) notes.add(`${cut} tokens at the end of the text were left out`);
  }
  if (notes.size === 0) return null;
  return el("ul", { class: "notices" }, ...[...notes].map((note) => el("li", {}, el("bdi", {}, shown(note)))));
}
