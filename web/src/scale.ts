// From numbers to colours.
import type { Table } from "./data";
import { series } from "./data";
import type { Statistic } from "./statistics";

// As src/render/color_scale.cpp: "inferno" (Stefan van der Walt and Nathaniel Smith, matplotlib, CC0) from 0.05 to 0.95.
// Lightness rises evenly, so that it reads in grey and for the colour-blind.
const stops = [0x0b0724, 0x2f0a5b, 0x57106e, 0x7f1e6c, 0xa82e5f, 0xcd4347, 0xe96429, 0xf98e09, 0xfbbe23, 0xf2ea69];

const channels = (color: number): [number, number, number] => [(color >> 16) & 255, (color >> 8) & 255, color & 255];

const linear = (channel: number): number => {
  const c = channel / 255;
  return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
};

export interface Paint {
  fill: string;
  ink: string; // black or white, whichever has the greater contrast
}

export const paints: Paint[] = Array.from({ length: 256 }, (_, i) => {
  const at = (i / 255) * (stops.length - 1);
  const below = Math.min(Math.floor(at), stops.length - 2);
  const a = channels(stops[below] ?? 0);
  const b = channels(stops[below + 1] ?? 0);
  const [red, green, blue] = a.map((channel, k) => Math.round(channel + (at - below) * ((b[k] ?? 0) - channel))) as [number, number, number];
  const light = 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  return { fill: `rgb(${red},${green},${blue})`, ink: 1.05 / (light + 0.05) >= (light + 0.05) / 0.05 ? "#fff" : "#000" };
});

export type Scaling = "map" | "absolute" | "word";

type Range = [number, number];

// Places a value of one row on the scale, 0..1, bright = decided; null without a value.
export interface Scale {
  unit: (value: number | null, row: number) => number | null;
  range: Range | null; // null: every word has its own
}

function rangeOf(values: Iterable<number | null>): Range {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value === null) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

function* allValues(tables: Table[], statistic: string, row?: number): Generator<number | null> {
  for (const table of tables) {
    const rows = row === undefined ? table.rows : table.rows.slice(row, row + 1);
    for (const one of rows) yield* series(one, statistic) ?? [];
  }
}

// The scale that several tables share.
export function makeScale(tables: Table[], statistic: Statistic, scaling: Scaling): Scale {
  const place = (value: number, [low, high]: Range): number => {
    const f = statistic.logarithmic ? (x: number) => Math.log1p(Math.max(0, x)) : (x: number) => x;
    const share = high > low ? (f(value) - f(low)) / (f(high) - f(low)) : 1;
    const clamped = Math.min(1, Math.max(0, share));
    return statistic.darkIsHigh ? 1 - clamped : clamped;
  };
  if (scaling === "word") {
    const count = Math.max(0, ...tables.map((table) => table.rows.length));
    const ranges = Array.from({ length: count }, (_, row) => rangeOf(allValues(tables, statistic.name, row)));
    return {
      unit: (value, row) => (value === null ? null : place(value, ranges[row] ?? [0, 0])),
      range: null,
    };
  }
  const range = (scaling === "absolute" && statistic.absolute) || rangeOf(allValues(tables, statistic.name));
  return { unit: (value) => (value === null ? null : place(value, range)), range };
}

export function paintOf(unit: number): Paint {
  return paints[Math.round(unit * 255)] as Paint;
}
