// The page's data: tables as the JSON output writes them (schema logitlens/1), and what the statistics are.

export interface Token {
  position: number;
  id: number;
  token: string; // the vocabulary's string
  text: string; // as a person reads it
  start: number; // bytes into the text
  end: number;
  special: boolean;
  part?: number; // 1: of the second text
}

export interface TopToken {
  id: number;
  token: string;
  logit: number | null;
  logprob: number | null;
  z: number | null;
}

// By the definition's name: a layer, alone or with what else there is to say of it.
export type Settling = Record<string, number | { layer: number } | null>;

// A token that the run followed at every layer.
export interface Tracked {
  id: number;
  token: string;
  logprob: Series;
  z: Series;
}

// A word whose pieces were all hidden at once.
export interface Word {
  text: string;
  best_is_target: boolean[];
  best: string[];
  target_stable: number | null;
}

// How many words of a class settle at each layer.
export interface Distribution {
  name: string;
  rows: number;
  settled: number[];
  never: number;
  median: number | null;
}

export interface Classes {
  word_list: string;
  groups: Distribution[];
  mann_whitney: { u: number; p: number };
}

export type Series = (number | null)[]; // over the table's layers

export interface Row {
  position: number;
  masked: boolean;
  masked_with: number[];
  target_id: number | null;
  target: string | null;
  best?: string[];
  top?: TopToken[][];
  settling: Settling;
  tracked?: Tracked[];
  [statistic: string]: unknown;
}

export interface Table {
  schema: string;
  model: { id: string; family: string; layers: number; hidden: number; vocab: number; sha256: string | null; source: string };
  run: {
    version: string;
    lens: string;
    mask: string;
    predicts: string;
    parameters: { top: number; settle_rank: number; settle_kl: number };
    truncated_tokens: number;
    [key: string]: unknown;
  };
  text: string;
  text_second?: string;
  notes: string[];
  tokens: Token[];
  layers: number[]; // the number of each entry of a series
  taps: string[]; // where in that layer; "layer": its output
  rows: Row[];
  words?: Word[];
  findings: { pseudo_log_likelihood: number | null; classes?: Classes | null };
}

export interface StatisticInfo {
  name: string;
  unit: string;
  formula: string;
  kind: "real" | "integer" | "token" | "list";
}

export interface Page {
  statistics: StatisticInfo[];
  tables: Table[];
  sources: string[]; // the JSON text of each table
}

export function readPage(document: Document): Page {
  const text = (id: string): string => document.getElementById(id)?.textContent ?? "";
  const statistics = JSON.parse(text("statistics")) as StatisticInfo[];
  const sources: string[] = [];
  while (document.getElementById(`table-${sources.length}`)) sources.push(text(`table-${sources.length}`).trim());
  return { statistics, tables: sources.map((source) => JSON.parse(source) as Table), sources };
}

// A statistic's values over the layers; null if the table has none for this row.
export function series(row: Row, statistic: string): Series | null {
  const values = row[statistic];
  return Array.isArray(values) ? (values as Series) : null;
}

export function value(row: Row, statistic: string, layer: number): number | null {
  return series(row, statistic)?.[layer] ?? null;
}

export function bestToken(row: Row, layer: number): string | null {
  return row.best?.[layer] ?? row.top?.[layer]?.[0]?.token ?? null;
}

export function bestId(row: Row, layer: number): number | null {
  return value(row, "best_id", layer) ?? row.top?.[layer]?.[0]?.id ?? null;
}

export function isRight(row: Row, layer: number): boolean {
  if (row.target_id === null) return false;
  const best = bestId(row, layer);
  return best === null ? value(row, "target_rank", layer) === 0 : best === row.target_id;
}

// How far to the right of a row's position the token stands that it predicts: 1 for a decoder's table, whose row t
// predicts token t+1, else 0.
export function predictionOffset(table: Table): number {
  return table.run.predicts === "next" ? 1 : 0;
}

// The token that a row is about.
export function tokenOf(table: Table, row: Row): Token | null {
  return table.tokens[row.position + predictionOffset(table)] ?? null;
}

// The settling layer by one definition, as an index into `layers`; null for none.
export function settledAt(table: Table, row: Row, name: string): number | null {
  const found = row.settling[name] ?? null;
  const layer = typeof found === "object" ? (found?.layer ?? null) : found;
  return layer === null ? null : indexOfLayer(table, layer);
}

// A layer's output, or whatever of it the table has.
export function indexOfLayer(table: Table, layer: number): number | null {
  const output = table.layers.findIndex((one, i) => one === layer && (table.taps[i] ?? "layer") === "layer");
  const index = output >= 0 ? output : table.layers.lastIndexOf(layer);
  return index < 0 ? null : index;
}

// "", or where in its layer an entry was taken.
export function tapOf(table: Table, index: number): string {
  const tap = table.taps[index] ?? "layer";
  return tap === "layer" ? "" : tap.replace(/_/g, " ");
}

export function lastLayer(table: Table): number {
  return table.layers.length - 1;
}
