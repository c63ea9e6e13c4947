// Which tokens' curves belong to a cell, and their values over the layers.
import type { Row, Series, Table } from "./data";
import { bestId, bestToken, lastLayer, series, value } from "./data";
import type { Pin } from "./store";

export interface Curve {
  id: number;
  token: string;
  roles: string[]; // why it is here
  values: Series;
}

const kMost = 8;

// A token's z or log-probability, where the table has it: among the best of a layer, or as the target.
export function curveOf(row: Row, id: number, kind: "z" | "logprob", layers: number): Series {
  const tracked = row.tracked?.find((token) => token.id === id);
  if (tracked) return tracked[kind];
  return Array.from({ length: layers }, (_, layer) => {
    const among = row.top?.[layer]?.find((token) => token.id === id);
    if (among) return among[kind];
    if (row.target_id === id) return value(row, kind === "z" ? "target_z" : "target_logprob", layer);
    if (bestId(row, layer) === id) return value(row, kind === "z" ? "best_z" : "best_logprob", layer);
    return null;
  });
}

// The target, the final best, the pinned token, and every token that was best at any layer, those longest best first.
export function curvesOf(table: Table, row: Row, pin: Pin | null, kind: "z" | "logprob"): Curve[] {
  const last = lastLayer(table);
  const chosen = new Map<number, { token: string; roles: string[] }>();
  const add = (id: number | null, token: string | null, role: string | null): void => {
    if (id === null || token === null) return;
    const known = chosen.get(id) ?? { token, roles: [] };
    if (role) known.roles.push(role);
    chosen.set(id, known);
  };
  add(row.target_id, row.target, "true word");
  add(bestId(row, last), bestToken(row, last), "final guess");
  if (pin) add(pin.id, pin.token, "pinned");
  for (const { id, token } of row.tracked ?? []) add(id, token, "asked for");

  const times = new Map<number, number>();
  table.layers.forEach((_, layer) => {
    const id = bestId(row, layer);
    if (id !== null) times.set(id, (times.get(id) ?? 0) + 1);
  });
  const byTime = [...times.keys()].sort((a, b) => (times.get(b) ?? 0) - (times.get(a) ?? 0));
  for (const id of byTime) {
    if (chosen.size >= kMost) break;
    const layer = table.layers.findIndex((_, at) => bestId(row, at) === id);
    if (!chosen.has(id)) add(id, bestToken(row, layer), null);
  }
  return [...chosen].map(([id, { token, roles }]) => ({ id, token, roles, values: curveOf(row, id, kind, table.layers.length) }));
}

// The best guess's own value, whichever token it is.
export function envelope(row: Row, kind: "z" | "logprob"): Series | null {
  const name = kind === "z" ? "best_z" : "best_logprob";
  return series(row, name) ?? row.top?.map((tokens) => tokens[0]?.[kind] ?? null) ?? null;
}
