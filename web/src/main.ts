// The report: reads its data from the page and builds itself.
import { bestId, bestToken, lastLayer, readPage, settledAt, value } from "./data";
import type { Page, Table } from "./data";
import { append, el, replace } from "./dom";
import { classes } from "./classes";
import { Ladder } from "./ladder";
import { MapSection } from "./map_section";
import { notices, provenance, takeAway } from "./provenance";
import { Reading } from "./reading";
import { statisticsOf } from "./statistics";
import type { Pin } from "./store";
import { Store } from "./store";
import { shown } from "./text";
import { Trajectory } from "./trajectory";
import { WordList } from "./word_list";
import { leadSentence, lensWords, maskWords, modelName } from "./words";

const kFewWords = 32; // a map of more is first shown whole, without words

// What is pinned at first: the word with the longest way to the right answer, where it has just settled; else the first.
function firstPin(table: Table): Pin | null {
  let best: Pin | null = null;
  table.rows.forEach((row, index) => {
    const at = settledAt(table, row, "target_stable");
    if (at !== null && (best === null || at > best.layer)) best = { row: index, layer: at, id: row.target_id, token: row.target };
  });
  const first = table.rows[0];
  if (best || !first) return best;
  const last = lastLayer(table);
  return { row: 0, layer: last, id: bestId(first, last), token: bestToken(first, last) };
}

function header(table: Table, store: Store): HTMLElement {
  const theme = el("button", { type: "button", class: "quiet no-print" });
  theme.addEventListener("click", () => store.set({ theme: store.state.theme === "dark" ? "light" : "dark" }));
  store.watch(["theme"], (state) => {
    theme.textContent = state.theme === "dark" ? "Light" : "Dark";
    theme.setAttribute("aria-label", `Change to ${state.theme === "dark" ? "light" : "dark"} colours`);
  });
  const facts = [
    modelName(table),
    `${table.model.layers} layers`,
    `${shown(table.run.lens)} lens${lensWords(table.run.lens) ? ` (${lensWords(table.run.lens)})` : ""}`,
    maskWords(table),
  ];
  return el(
    "header",
    { class: "top-bar" },
    el("p", { class: "facts-line" }, ...facts.map((fact) => el("bdi", { class: "fact" }, fact))),
    theme,
  );
}

const aboutLens =
  "A language model works in layers. Each layer passes a state on to the next, and only the last state is turned into a " +
  "prediction. A lens turns the states in between into predictions too, with the model's own prediction head: what would it " +
  "say if it had to answer now? Layer 0 is what goes in, before any layer has worked on it.";
const aboutZ =
  "The colour is, if not chosen otherwise, the z-score of the best guess: how many standard deviations its score lies above the " +
  "mean of the whole vocabulary. It says how decided a layer is, not that it is right: a layer can be decided and wrong.";

const quoted = (text: string): HTMLElement => el("bdi", {}, shown(text.replace(/\s+/g, " ")));

function about(): HTMLElement {
  return el("details", { class: "about" }, el("summary", {}, "What is a lens, and what is z?"), el("p", {}, aboutLens), el("p", {}, aboutZ));
}

function build(page: Page, host: HTMLElement): void {
  const table = page.tables[0];
  if (!table) throw new Error("the page holds no table");
  const statistics = statisticsOf(page);
  const store = new Store({
    table: 0,
    compared: null,
    statistic: (statistics.find((one) => one.name === "best_z") ?? statistics[0])?.name ?? "",
    scaling: "map",
    settling: table.rows.some((row) => row.target_id !== null) ? "target_stable" : "best_stable",
    wide: table.rows.length <= kFewWords,
    cell: null,
    pin: firstPin(table),
    layer: lastLayer(table),
    curve: table.rows.some((row) => value(row, "best_z", 0) !== null) || table.rows.some((row) => row.top) ? "z" : "logprob",
    theme: matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light",
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", (event) => store.set({ theme: event.matches ? "dark" : "light" }));
  store.watch(["theme"], (state) => (document.documentElement.dataset["theme"] = state.theme));

  const empty = table.rows.length === 0 || table.layers.length === 0;
  append(host, [
    header(table, store),
    el("h1", { class: "lead" }, ...leadSentence(table)),
    el("p", { class: "quote" }, quoted(table.text), table.text_second === undefined ? null : " ", table.text_second === undefined ? null : quoted(table.text_second)),
    notices(page.tables),
    about(),
  ]);
  if (!empty) buildViews(page, host, store, statistics);
  append(host, [empty ? null : takeAway(page), provenance(page)]);
}

function buildViews(page: Page, host: HTMLElement, store: Store, statistics: ReturnType<typeof statisticsOf>): void {
  const { tables } = page;
  const panel = new Trajectory(store, tables);
  const workspace = el("div", { class: "workspace" });
  append(host, [workspace]);
  const maps = new MapSection(store, tables, statistics);
  append(workspace, [maps.element, panel.element]);
  store.watch(["compared"], (state) => workspace.classList.toggle("comparing", state.compared !== null));
  const z = statistics.find((one) => one.name === "best_z") ?? statistics[0] ?? null;
  append(host, [
    tables.length > 1 ? new Ladder(store, tables, z).element : null,
    new Reading(store, tables).element,
    new WordList(store, tables).element,
    classes(tables[0] as Table, store),
  ]);
  printInLight(store);
}

// Paper is white: colours drawn on canvases follow for as long as it takes.
function printInLight(store: Store): void {
  let before = store.state.theme;
  window.addEventListener("beforeprint", () => {
    before = store.state.theme;
    store.set({ theme: "light", cell: null });
  });
  window.addEventListener("afterprint", () => store.set({ theme: before }));
}

const host = document.getElementById("report") as HTMLElement;
try {
  build(readPage(document), host);
  document.documentElement.classList.add("ready");
} catch (error) {
  replace(host, el("p", { class: "failure" }, `This report cannot be shown: ${String(error)}`));
  throw error;
}
