// The text as the model sees it at one layer, every hidden word replaced by that layer's guess; and all layers at once.
import type { Row, Table } from "./data";
import { bestToken, isRight, predictionOffset } from "./data";
import type { Child } from "./dom";
import { append, el, replace, word } from "./dom";
import { shown, stringOffsets } from "./text";
import type { State, Store } from "./store";
import { bareWord, layerName, piece, rowName, spelling } from "./words";

const kPause = 900; // milliseconds a layer

export class Reading {
  readonly element = el("section", { class: "block", "aria-labelledby": "reading-title" });
  private readonly slider = el("input", { type: "range", min: 0, step: 1, "aria-label": "Layer to read at" });
  private readonly play = el("button", { type: "button", class: "play" }, "\u25b6 Play");
  private readonly where = el("output", { class: "where" });
  private readonly score = el("span", { class: "score" });
  private readonly text = el("p", { class: "reading", "aria-live": "off" });
  private readonly all = el("details", { class: "laminar" }, el("summary", {}, "All layers, one under the other"));
  private timer = 0;

  constructor(
    private readonly store: Store,
    private readonly tables: Table[],
  ) {
    replace(
      this.element,
      el("h2", { id: "reading-title" }, "Read it as the model does"),
      el("p", { class: "hint" }, "Move from the first layer to the last: each hidden word is replaced by the guess of that layer."),
      el("div", { class: "reader" }, this.play, this.slider, this.where, this.score),
      this.text,
      this.all,
    );
    this.slider.addEventListener("input", () => this.move(Number(this.slider.value)));
    this.play.addEventListener("click", () => (this.timer ? this.stop() : this.start()));
    this.all.addEventListener("toggle", () => this.drawAll());
    store.watch(["layer", "table"], (state) => this.update(state));
    store.watch(["table"], () => this.drawAll());
  }

  private get table(): Table {
    return this.tables[this.store.state.table] as Table;
  }

  private move(layer: number): void {
    this.stop();
    this.store.set({ layer });
  }

  private start(): void {
    const last = this.table.layers.length - 1;
    if (this.store.state.layer >= last) this.store.set({ layer: 0 });
    this.timer = window.setInterval(() => {
      const { layer } = this.store.state;
      if (layer >= this.table.layers.length - 1) this.stop();
      else this.store.set({ layer: layer + 1 });
    }, kPause);
    this.play.textContent = "\u275a\u275a Pause";
  }

  private stop(): void {
    window.clearInterval(this.timer);
    this.timer = 0;
    this.play.textContent = "\u25b6 Play";
  }

  private update(state: State): void {
    const { table } = this;
    const last = table.layers.length - 1;
    const layer = Math.min(state.layer, last);
    this.slider.max = String(last);
    this.slider.value = String(layer);
    this.slider.setAttribute("aria-valuetext", layerName(table, layer));
    this.where.textContent = layerName(table, layer);
    const asked = table.rows.filter((row) => row.target_id !== null);
    const right = asked.filter((row) => isRight(row, layer)).length;
    this.score.textContent = asked.length > 0 ? `${right} of ${asked.length} right` : "";
    replace(this.text, ...readingOf(table, layer, true));
    this.all.querySelectorAll("li").forEach((line) => line.classList.toggle("current", line.value === layer));
  }

  // Written when first opened: 25 layers of 510 words are many elements.
  private drawAll(): void {
    this.all.querySelector("ol")?.remove();
    if (!this.all.open) return;
    const { table } = this;
    const lines = table.layers
      .map((number, layer) => el("li", { value: layer, class: layer === this.store.state.layer ? "current" : undefined },
        el("span", { class: "layer-number" }, number === 0 ? "emb." : String(number)), el("span", {}, ...readingOf(table, layer, false))))
      .reverse();
    append(this.all, [el("ol", { class: "layers" }, ...lines)]);
  }
}

// `withTruth`: the true word under each wrong guess.
export function readingOf(table: Table, layer: number, withTruth: boolean): Child[] {
  const offset = predictionOffset(table);
  const rows = new Map<number, Row>(table.rows.map((row) => [row.position + offset, row]));
  const texts = [table.text, ...(table.text_second === undefined ? [] : [table.text_second])];
  return texts.flatMap((text, part) => [part > 0 ? el("br") : null, ...readingOfText(table, text, part, rows, layer, withTruth)]);
}

function readingOfText(table: Table, text: string, part: number, rows: Map<number, Row>, layer: number, withTruth: boolean): Child[] {
  const at = stringOffsets(text);
  const out: Child[] = [];
  let end = 0; // of what has been written, in the string
  for (const token of table.tokens) {
    if (token.special || (token.part ?? 0) !== part) continue;
    const start = Math.max(end, at(token.start));
    // A piece of a word follows without a space: a hair between two guesses keeps them apart.
    out.push(text.slice(end, start).replace(/\s+/g, " "));
    end = Math.max(end, at(token.end));
    const row = rows.get(token.position);
    const guess = row ? bestToken(row, layer) : null;
    if (!row || guess === null) out.push(shown(text.slice(start, end)).replace(/\\n/g, " "));
    else {
      if (spelling(table) !== "plain" && /^\s/.test(text.slice(start, end))) out.push(" ");
      out.push(guessed(table, row, layer, guess, withTruth));
    }
  }
  out.push(text.slice(end).replace(/\s+/g, " "));
  return out;
}

function guessed(table: Table, row: Row, layer: number, guess: string, withTruth: boolean): HTMLElement {
  const right = isRight(row, layer);
  const style = row.target_id === null ? "guess open" : right ? "guess right" : "guess wrong";
  const name = spelling(table) === "plain" ? piece(table, guess) : bareWord(table, guess);
  if (right || row.target_id === null || !withTruth) return word(name, style);
  return el("span", { class: "slot" }, word(name, style), el("span", { class: "truth" }, el("span", { class: "for-readers" }, " ("), word(rowName(table, row)), el("span", { class: "for-readers" }, ")")));
}
