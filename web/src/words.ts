// What a table says, in words. Every sentence is computed from the data.
import type { Row, Table } from "./data";
import { bestToken, indexOfLayer, isRight, lastLayer, predictionOffset, settledAt, tapOf, tokenOf } from "./data";
import type { Child } from "./dom";
import { el, word } from "./dom";
import type { Spelling } from "./text";
import { bare, readable, shown, spellingOf } from "./text";

const spellings = new WeakMap<Table, Spelling>();
export function spelling(table: Table): Spelling {
  let found = spellings.get(table);
  if (!found) spellings.set(table, (found = spellingOf(table.tokens)));
  return found;
}

export const piece = (table: Table, token: string): string => readable(token, spelling(table));
export const bareWord = (table: Table, token: string): string => bare(token, spelling(table));

// The name of a row: the token it is about, or the target that was asked for instead.
export function rowName(table: Table, row: Row): string {
  const token = tokenOf(table, row);
  if (row.target !== null && row.target_id !== token?.id) return bareWord(table, row.target);
  return token ? bareWord(table, token.token) : "\u2026";
}

export function layerName(table: Table, index: number): string {
  const layer = table.layers[index] ?? 0;
  const tap = tapOf(table, index);
  return (layer === 0 ? "embeddings (layer 0)" : `layer ${layer}`) + (tap ? `, ${tap}` : "");
}

const lenses: Record<string, string> = {
  full: "the whole prediction head",
  norm: "the head without its dense layer: LayerNorm, decoder, bias",
  final_norm: "the model's final normalisation and the decoder",
  bias: "the decoder matrix and its bias only",
  raw: "the decoder matrix only",
};
export const lensOrder = ["raw", "bias", "final_norm", "norm", "full"];
export const lensWords = (lens: string): string => lenses[lens] ?? "";

// The end of a path, or the whole of any other name.
export function modelName(table: Table): string {
  const { id } = table.model;
  const isPath = /^(\/|\.{1,2}\/)/.test(id);
  return shown((isPath && id.replace(/\/+$/, "").split("/").pop()) || id);
}

// What tells a table from its neighbours.
export function tableName(table: Table, tables: Table[]): string {
  const distinct = (name: (table: Table) => string): boolean => new Set(tables.map(name)).size === tables.length;
  const lens = (one: Table): string => shown(one.run.lens);
  const model = modelName;
  if (distinct(lens)) return `${lens(table)} lens`;
  if (distinct(model)) return model(table);
  return `${tables.indexOf(table) + 1}: ${model(table)}, ${lens(table)} lens`;
}

export function maskWords(table: Table): string {
  const { mask } = table.run;
  if (predictionOffset(table) === 1) return "nothing hidden: every position predicts the next token";
  if (mask === "words") return "every word hidden in turn, all its pieces at once";
  if (mask === "each") return "every word hidden in turn";
  if (mask === "none") return "nothing hidden: every position sees its own token";
  if (mask === "text") return "hidden where the text itself has gaps";
  if (mask.includes("+")) return `hidden together: positions ${shown(mask)}`;
  return `hidden one at a time: positions ${shown(mask)}`;
}

export interface SettlingInfo {
  name: string;
  label: string;
  meaning: (table: Table) => string;
}

const settlings: SettlingInfo[] = [
  { name: "target_stable", label: "true word, for good", meaning: () => "from here upwards the true word is the best guess" },
  { name: "best_stable", label: "final guess, for good", meaning: () => "from here upwards the best guess stays the final one, right or wrong" },
  {
    name: "rank_le_k",
    label: "true word near the top",
    meaning: (table) => `the first layer with the true word among the best ${table.run.parameters.settle_rank + 1}`,
  },
  {
    name: "kl_below",
    label: "answer almost final",
    meaning: (table) => `the first layer closer to the final answer than ${table.run.parameters.settle_kl} nats (KL)`,
  },
  { name: "largest_jump", label: "largest jump", meaning: () => "the layer with the largest rise of z" },
  { name: "knee", label: "knee of the curve", meaning: () => "the layer where a flat curve of z turns into a climb" },
  { name: "two_segment", label: "two straight lines", meaning: () => "the layer where two straight lines through z meet, the second steeper" },
];

// The definitions that the tables have; one that is not known here is shown by its name.
export function settlingsOf(tables: Table[]): SettlingInfo[] {
  const names = new Set(tables.flatMap((table) => table.rows.slice(0, 1).flatMap((row) => Object.keys(row.settling))));
  const known = settlings.filter((one) => names.delete(one.name));
  const others = [...names].map((name) => ({ name, label: name.replace(/_/g, " "), meaning: () => name.replace(/_/g, " ") }));
  return [...known, ...others];
}

const count = (n: number, one: string, many = one + "s"): string => `${n} ${n === 1 ? one : many}`;

// "a", "b" and 3 others.
function listed(words: HTMLElement[], most: number): Child[] {
  const some = words.length > most + 1 ? words.slice(0, most) : words;
  const rest = words.length - some.length;
  const out: Child[] = [];
  some.forEach((one, i) => {
    if (i > 0) out.push(rest === 0 && i === some.length - 1 ? " and " : ", ");
    out.push(one);
  });
  if (rest > 0) out.push(` and ${rest} others`);
  return out;
}

// "words", unless some are pieces of words.
function unit(table: Table): string {
  const own = table.tokens.filter((token) => !token.special);
  const pieces = own.some((token) => token.token.startsWith("##"));
  return pieces ? "token" : "word";
}

// What the sentence on top counts: the rows, or the words where all pieces of one were hidden at once.
interface Item {
  name: string;
  guess: string | null;
  asked: boolean; // the true word is known
  right: boolean;
  settled: number | null;
}

function itemsOf(table: Table): Item[] {
  const last = lastLayer(table);
  if (table.words && table.words.length > 0) {
    const known = new Set(table.rows.filter((row) => row.target_id !== null).map((row) => row.position));
    return table.words.map((one) => ({
      name: shown(one.text),
      guess: one.best[last] === undefined ? null : shown(one.best[last]),
      asked: known.size > 0,
      right: one.best_is_target[last] ?? false,
      settled: one.target_stable === null ? null : indexOfLayer(table, one.target_stable),
    }));
  }
  return table.rows.map((row) => {
    const token = bestToken(row, last);
    return {
      name: rowName(table, row),
      guess: token === null ? null : bareWord(table, token),
      asked: row.target_id !== null,
      right: isRight(row, last),
      settled: settledAt(table, row, "target_stable"),
    };
  });
}

// The sentence on top: how many are found, which settle first and last, which never.
export function leadSentence(table: Table): Child[] {
  const last = lastLayer(table);
  const items = itemsOf(table);
  if (items.length === 0 || last < 0) return ["There is nothing to see here: the text holds no word to guess."];
  const name = (item: Item): HTMLElement => word(item.name, "word target");
  const guess = (item: Item): HTMLElement => word(item.guess ?? "?", item.asked ? "word guess" : "word target");
  const top = table.layers[last] ?? 0;
  const whole = top === table.model.layers;
  const one = table.words?.length ? "word" : unit(table);
  if (!items.some((item) => item.guess !== null)) {
    return [`${count(items.length, one)} at ${count(table.layers.length, "layer")}; this table holds no guesses.`];
  }
  const asked = items.filter((item) => item.asked);
  if (asked.length === 0) {
    return [whole ? "The model fills the " : `At layer ${top} the model fills the `, count(items.length, "gap"), " with ", ...listed(items.map(guess), 5), "."];
  }

  const hidden = table.rows.every((row) => row.masked) ? "hidden " : "";
  const right = asked.filter((item) => item.right);
  const who = whole ? "The model" : `At layer ${top} of ${table.model.layers} the model`;
  const read = predictionOffset(table) === 0 && table.rows.every((row) => !row.masked); // its own words were before its eyes
  const finds = read ? "gives back" : "finds";
  const kind = one + (asked.length === 1 ? "" : "s");
  const out: Child[] = [];
  if (asked.length === 1) {
    out.push(`${who} ${right.length === 1 ? finds : `never ${finds}`} the ${hidden}${kind} `, name(asked[0] as Item), ". ");
  } else {
    const found = right.length === asked.length ? `all ${right.length}` : right.length === 0 ? "none" : String(right.length);
    out.push(`${who} ${finds} `, el("strong", {}, found), right.length === asked.length ? ` ${hidden}${kind}. ` : ` of the ${asked.length} ${hidden}${kind}. `);
  }
  out.push(...settlingSentence(table, right, name));
  const wrong = asked.filter((item) => !item.right);
  const first = wrong[0];
  if (first && wrong.length === 1 && asked.length > 1) out.push("It never settles on ", name(first), ": its final guess there is ", guess(first), ".");
  if (first && wrong.length === 1 && asked.length === 1) out.push("Its final guess is ", guess(first), ".");
  if (wrong.length > 1) out.push("It never settles on ", ...listed(wrong.map(name), 3), ".");
  return out;
}

function settlingSentence(table: Table, right: Item[], name: (item: Item) => HTMLElement): Child[] {
  const settled = right.filter((item) => item.settled !== null).sort((a, b) => (a.settled ?? 0) - (b.settled ?? 0));
  const first = settled[0];
  const last = settled[settled.length - 1];
  if (!first || !last) return [];
  const where = (item: Item): string => `layer ${table.layers[item.settled ?? 0]}`;
  if (settled.length === 1) return ["It is sure of ", name(first), ` from ${where(first)} on. `];
  if (first.settled === last.settled) return [`All of them settle at ${where(first)}. `];
  return ["The first to settle is ", name(first), ` at ${where(first)}, the last `, name(last), ` at ${where(last)}. `];
}
