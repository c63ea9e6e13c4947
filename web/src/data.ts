// The page's data: tables as the JSON output writes them (schema logitlens/1), and what the statistics are.

export interface Token {
  position: number;
  id: number;
  token: string; // the vocabulary's string
  text: string; // as a person reads it
  start: number; // bytes into the text
  end: number;
  special: boolean;
}

export interface TopToken {
  id: number;
  token: string;
  logit: number | null;
  logprob: number | null;
  z: number | null;
}

export interface Settling {
  best_stable: number | null;
  target_stable: number | null;
  rank_le_k: number | null;
  kl_below: number | null;
  largest_jump: number | null;
  knee: { layer: number; strength: number } | null;
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
  [statistic: string]: unknown;
}

export interface Table {
  schema: string;
  model: { id: string; family: string; layers: number; hidden: number; vocab: number; sha256: string | null; source: string };
  run: {
    version: string;
    lens: string;
    mask: string;
    parameters: { top: number; settle_rank: number; settle_kl: number };
    truncated_tokens: number;
    [key: string]: unknown;
  };
  text: string;
  notes: string[];
  tokens: Token[];
  layers: number[];
  rows: Row[];
  findings: { pseudo_log_likelihood: number | null };
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
  const rows = table.rows.filter((row) => !row.masked && row.target_id !== null);
  const shifted = rows.filter(
    (row) => row.target_id !== table.tokens[row.position]?.id && row.target_id === table.tokens[row.position + 1]?.id,
  );
  const plain = rows.filter((row) => row.target_id === table.tokens[row.position]?.id);
  return shifted.length > plain.length ? 1 : 0;
}

// The token that a row is about.
export function tokenOf(table: Table, row: Row): Token | null {
  return table.tokens[row.position + predictionOffset(table)] ?? null;
}

// The settling layer by one definition, as an index into `layers`; null for none.
export type SettlingName = keyof Settling;
export function settledAt(table: Table, row: Row, name: SettlingName): number | null {
  const found = row.settling[name];
  const layer = typeof found === "object" ? (found?.layer ?? null) : found;
  const index = layer === null ? -1 : table.layers.indexOf(layer);
  return index < 0 ? null : index;
}

export function lastLayer(table: Table): number {
  return table.layers.length - 1;
}
