// Every word on a line: what the model ends at, and where it made up its mind.
import type { Row, Table } from "./data";
import { bestId, bestToken, isRight, lastLayer, settledAt, value } from "./data";
import { el, replace, word } from "./dom";
import { decimal, ordinal, percent } from "./statistics";
import type { State, Store } from "./store";
import { piece, rowName, settlingsOf } from "./words";

export class WordList {
  readonly element = el("section", { class: "block", "aria-labelledby": "words-title" });
  private readonly body = el("tbody", {});
  private readonly settles = el("th", { scope: "col" }, "settles");

  constructor(
    private readonly store: Store,
    private readonly tables: Table[],
  ) {
    const heads = ["", "word", "final guess", "probability", "z", "true word is"].map((text) => el("th", { scope: "col" }, text));
    replace(
      this.element,
      el("h2", { id: "words-title" }, "Word by word"),
      el("div", { class: "scroll tall", tabindex: 0, role: "region", "aria-labelledby": "words-title" },
        el("table", { class: "words" }, el("thead", {}, el("tr", {}, ...heads, this.settles)), this.body)),
    );
    store.watch(["table", "settling"], (state) => this.update(state));
    store.watch(["pin"], (state) => this.mark(state));
  }

  private update(state: State): void {
    const table = this.tables[state.table] as Table;
    this.settles.title = settlingsOf(this.tables).find((one) => one.name === state.settling)?.meaning(table) ?? "";
    replace(this.body, ...table.rows.map((row, i) => this.line(table, row, i, state)));
    this.mark(state);
  }

  private line(table: Table, row: Row, index: number, state: State): HTMLElement {
    const last = lastLayer(table);
    const right = isRight(row, last);
    const token = bestToken(row, last);
    const z = value(row, "best_z", last);
    const logprob = value(row, "best_logprob", last);
    const rank = value(row, "target_rank", last);
    const settled = settledAt(table, row, state.settling);
    const never = ["knee", "two_segment", "largest_jump"].includes(state.settling) ? "none" : "never";
    const pick = el("button", { type: "button", class: "pick", title: "Pin this word at the last layer" }, word(rowName(table, row)));
    pick.addEventListener("click", () => this.store.set({ pin: { row: index, layer: last, id: bestId(row, last), token } }));
    const known = row.target_id !== null;
    return el(
      "tr",
      { class: known ? (right ? "found" : "missed") : undefined },
      el("td", { class: "number" }, String(row.position)),
      el("th", { scope: "row" }, pick),
      el("td", {}, token === null ? "" : word(piece(table, token)), known && right ? el("span", { class: "tick", title: "the true word" }, " \u2713") : null),
      el("td", { class: "number" }, logprob === null ? "" : percent(logprob)),
      el("td", { class: "number" }, z === null ? "" : decimal(z)),
      el("td", { class: "number" }, rank === null ? "" : ordinal(rank)),
      el("td", { class: "number" }, settled === null ? el("span", { class: "never" }, known || state.settling !== "target_stable" ? never : "\u2013") : `layer ${table.layers[settled]}`),
    );
  }

  private mark(state: State): void {
    Array.from(this.body.children).forEach((line, i) => line.classList.toggle("current", i === state.pin?.row));
  }
}
