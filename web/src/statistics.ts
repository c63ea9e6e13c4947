// What the report says about each statistic. One that it does not know is shown by its name, unit and formula.
import type { Page, StatisticInfo, Table } from "./data";
import { series } from "./data";

export interface Statistic {
  name: string;
  label: string; // in the list of statistics
  meaning: string; // completes "The colour shows ..."
  low: string; // what stands at the dark end of the scale
  high: string;
  darkIsHigh: boolean; // a small value is the decided one
  logarithmic: boolean;
  absolute: [number, number] | null; // the fixed scale
  format: (value: number) => string;
}

export const ordinal = (rank: number): string => {
  const place = rank + 1;
  const tens = place % 100;
  const ending = tens >= 11 && tens <= 13 ? "th" : (["th", "st", "nd", "rd"][place % 10] ?? "th");
  return place.toLocaleString("en") + ending;
};

export const percent = (logprob: number): string => {
  const share = 100 * Math.exp(logprob);
  if (share >= 99.95) return "100\u00a0%";
  if (share >= 10) return share.toFixed(0) + "\u00a0%";
  if (share >= 0.1) return share.toFixed(1) + "\u00a0%";
  return share >= 0.001 ? share.toFixed(3) + "\u00a0%" : "<\u00a00.001\u00a0%";
};

export const decimal = (value: number): string => {
  const size = Math.abs(value);
  if (size !== 0 && (size < 0.01 || size >= 1e6)) return value.toExponential(1).replace("-", "\u2212");
  return value.toFixed(size < 1 ? 2 : size < 1000 ? 1 : 0).replace("-", "\u2212");
};

type Known = Omit<Statistic, "name" | "absolute"> & { absolute: (table: Table) => [number, number] | null };
const plain = { darkIsHigh: false, logarithmic: false, format: decimal, absolute: () => null };

const known: Record<string, Known> = {
  best_z: {
    ...plain,
    label: "z of the best guess",
    meaning: "how far it stands out from all other words (z, in standard deviations)",
    low: "undecided",
    high: "decided",
    absolute: () => [0, 15],
  },
  target_z: {
    ...plain,
    label: "z of the true word",
    meaning: "how far the true word stands out from all other words (z, in standard deviations)",
    low: "lost in the crowd",
    high: "stands out",
    absolute: () => [-5, 15],
  },
  best_logprob: {
    ...plain,
    label: "probability of the best guess",
    meaning: "its probability, on a logarithmic scale",
    low: "unlikely",
    high: "certain",
    format: percent,
    absolute: () => [Math.log(0.001), 0],
  },
  target_logprob: {
    ...plain,
    label: "probability of the true word",
    meaning: "the probability of the true word, on a logarithmic scale",
    low: "unlikely",
    high: "certain",
    format: percent,
    absolute: () => [Math.log(1e-6), 0],
  },
  entropy: {
    ...plain,
    label: "uncertainty (entropy)",
    meaning: "how undecided the layer is among all words (entropy, in nats)",
    low: "undecided",
    high: "decided",
    darkIsHigh: true,
    format: (value) => decimal(value) + "\u00a0nats",
    absolute: (table) => [0, Math.log(Math.max(2, table.model.vocab))],
  },
  target_rank: {
    ...plain,
    label: "rank of the true word",
    meaning: "at which place among the guesses the true word stands, on a logarithmic scale",
    low: "far behind",
    high: "1st",
    darkIsHigh: true,
    logarithmic: true,
    format: ordinal,
    absolute: (table) => [0, Math.max(1, table.model.vocab - 1)],
  },
  kl_to_last: {
    ...plain,
    label: "distance to the final answer (KL)",
    meaning: "how much the layer's answer still differs from the last layer's (Kullback-Leibler divergence, in nats)",
    low: "far",
    high: "the same",
    darkIsHigh: true,
    format: (value) => decimal(value) + "\u00a0nats",
    absolute: () => [0, 10],
  },
  mean: { ...plain, label: "mean of the logits", meaning: "the mean of the logits", low: "low", high: "high" },
  std: { ...plain, label: "spread of the logits", meaning: "the standard deviation of the logits", low: "narrow", high: "wide" },
};

function describe(info: StatisticInfo, table: Table): Statistic {
  const entry = known[info.name];
  if (entry) return { ...entry, name: info.name, absolute: entry.absolute(table) };
  return {
    ...plain,
    name: info.name,
    label: info.unit ? `${info.name} (${info.unit})` : info.name,
    meaning: info.formula ? `${info.name}: ${info.formula}` : info.name,
    low: "low",
    high: "high",
    absolute: null,
  };
}

// Those that some row has numbers of, in the table's order. Ids are not quantities.
export function statisticsOf(page: Page): Statistic[] {
  const table = page.tables[0];
  if (!table) return [];
  const infos = new Map(page.statistics.map((info) => [info.name, info]));
  for (const row of table.rows.slice(0, 1)) {
    for (const name of Object.keys(row)) {
      const numbers = series(row, name)?.some((value) => typeof value === "number");
      const perLayer = series(row, name)?.length === table.layers.length;
      if (numbers && perLayer && name !== "masked_with" && !infos.has(name)) {
        infos.set(name, { name, unit: "", formula: "", kind: "real" });
      }
    }
  }
  return [...infos.values()]
    .filter((info) => info.kind === "real" || info.kind === "integer")
    .filter((info) => table.rows.some((row) => series(row, info.name)?.some((value) => typeof value === "number")))
    .map((info) => describe(info, table));
}
