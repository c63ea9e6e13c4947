// One word through every lens, side by side: which step of the head rescues the prediction.
import type { Row, Table } from "./data";
import { bestId, bestToken, indexOfLayer, isRight, lastLayer, settledAt, value } from "./data";
import type { Child } from "./dom";
import { el, replace, word } from "./dom";
import { makeScale, paintOf } from "./scale";
import type { Statistic } from "./statistics";
import { decimal } from "./statistics";
import type { State, Store } from "./store";
import { bareWord, layerName, lensOrder, lensWords, piece, rowName } from "./words";

interface Rung {
  table: Table;
  row: Row;
}

const added: Record<string, string> = {
  bias: "the decoder's bias",
  norm: "the head's LayerNorm",
  final_norm: "the model's final normalisation",
  full: "the head's dense layer and its activation",
};

export class Ladder {
  readonly element = el("section", { class: "block", "aria-labelledby": "ladder-title", id: "ladder" });

  constructor(
    store: Store,
    private readonly tables: Table[],
    private readonly statistic: Statistic | null,
  ) {
    store.watch(["pin"], (state) => this.update(state));
  }

  private update(state: State): void {
    const title = el("h2", { id: "ladder-title" }, "The same word through each lens");
    const first = this.tables[state.table]?.rows[state.pin?.row ?? -1];
    const rungs = first ? this.rungs(first) : [];
    if (rungs.length < 2) {
      replace(this.element, title, el("p", { class: "hint" }, "Click a word above the map to see it through all lenses, side by side."));
      return;
    }
    replace(this.element, title, el("p", { class: "finding" }, ...ladderSentence(rungs)), this.draw(rungs));
  }

  private rungs(row: Row): Rung[] {
    const order = (table: Table): number => lensOrder.indexOf(table.run.lens);
    return [...this.tables]
      .sort((a, b) => order(a) - order(b))
      .map((table) => ({ table, row: table.rows.find((one) => one.position === row.position) }))
      .filter((rung): rung is Rung => rung.row !== undefined);
  }

  private draw(rungs: Rung[]): HTMLElement {
    const tables = rungs.map(({ table, row }) => ({ ...table, rows: [row] }));
    const scale = this.statistic ? makeScale(tables, this.statistic, "map") : null;
    const layers = [...new Set(rungs.flatMap(({ table }) => table.layers))].sort((a, b) => b - a);
    const head = rungs.map(({ table }) =>
      el("th", { scope: "col" }, `${table.run.lens} lens`, el("span", { class: "lens-words" }, lensWords(table.run.lens))),
    );
    const lines = layers.map((layer) =>
      el("tr", {}, el("th", { scope: "row" }, layer === 0 ? "embeddings" : String(layer)), ...rungs.map((rung) => this.cell(rung, layer, scale))),
    );
    return el(
      "div",
      { class: "scroll" },
      el("table", { class: "ladder" }, el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "layer"), ...head)), el("tbody", {}, ...lines)),
    );
  }

  private cell({ table, row }: Rung, layer: number, scale: ReturnType<typeof makeScale> | null): HTMLElement {
    const at = indexOfLayer(table, layer) ?? -1;
    const token = at < 0 ? null : bestToken(row, at);
    const number = at < 0 || !this.statistic ? null : value(row, this.statistic.name, at);
    const right = at >= 0 && isRight(row, at);
    const cell = el(
      "td",
      { class: right ? "right" : undefined },
      token === null ? "\u2013" : word(piece(table, token)),
      right ? el("span", { class: "tick", title: "the true word" }, " \u2713") : null,
      number === null ? null : el("span", { class: "number" }, decimal(number)),
    );
    const unit = scale && number !== null ? scale.unit(number, 0) : null;
    if (unit !== null) {
      const paint = paintOf(unit);
      cell.style.backgroundColor = paint.fill;
      cell.style.color = paint.ink;
    }
    return cell;
  }
}

// Computed: the first lens, from the barest to the whole head, that ends at the right word (without one: at the final
// guess of the fullest), and what the one before it says instead.
export function ladderSentence(rungs: Rung[]): Child[] {
  const fullest = rungs[rungs.length - 1] as Rung;
  const wanted = fullest.row.target_id ?? bestId(fullest.row, lastLayer(fullest.table));
  const name = (): HTMLElement => word(rowName(fullest.table, fullest.row), "word target");
  const ends = ({ table, row }: Rung): boolean => bestId(row, lastLayer(table)) === wanted;
  const at = rungs.findIndex(ends);
  const rung = rungs[at];
  const since = ({ table, row }: Rung): string => {
    const index = settledAt(table, row, "best_stable");
    return index === null ? "" : ` from ${layerName(table, index)} on`;
  };
  if (!rung) return ["No lens ends at ", name(), "."];
  if (at === 0) {
    return ["Every step of the head could be left out here: already the ", rung.table.run.lens, " lens ends at ", name(), since(rung), "; the ",
      fullest.table.run.lens, " lens", since(fullest), "."];
  }
  const before = rungs[at - 1] as Rung;
  const last = lastLayer(before.table);
  return [
    `It is ${added[rung.table.run.lens] ?? `the ${rung.table.run.lens} lens`} that brings `, name(), `: without it the answer is `,
    word(bareWord(before.table, bestToken(before.row, last) ?? "?"), "word guess"),
    `; with it, `, name(), since(rung), ".", ...surerButWrong(rungs, rung),
  ];
}

// A lens that is surer of a wrong answer than another is of the right one.
function surerButWrong(rungs: Rung[], right: Rung): Child[] {
  const z = ({ table, row }: Rung): number => value(row, "best_z", lastLayer(table)) ?? -Infinity;
  const wrong = rungs.filter((rung) => rung !== right && !isRight(rung.row, lastLayer(rung.table)) && rung.row.target_id !== null);
  const surest = wrong.sort((a, b) => z(b) - z(a))[0];
  if (!surest || z(surest) <= z(right)) return [];
  const token = bestToken(surest.row, lastLayer(surest.table)) ?? "?";
  return [` The ${surest.table.run.lens} lens is surer of `, word(bareWord(surest.table, token), "word guess"),
    ` (z ${decimal(z(surest))}) than that of the right word (z ${decimal(z(right))}): z says decided, not right.`];
}
