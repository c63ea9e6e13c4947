// Draws the part of the heat map that is in view. Nothing is drawn outside it, so 510 columns cost what fits on screen.
import type { Row, Table } from "./data";
import { bestToken, isRight, lastLayer, settledAt, tapOf, value } from "./data";
import type { Box, Layout } from "./heatmap_layout";
import { cellBox, kNameHeight } from "./heatmap_layout";
import type { Paint, Scale } from "./scale";
import { paintOf } from "./scale";
import type { Statistic } from "./statistics";
import { piece, rowName } from "./words";

export interface Theme {
  font: string;
  background: string;
  ink: string;
  faint: string;
  line: string;
  empty: string;
  found: string;
  missed: string;
  accent: string;
}

export function readTheme(): Theme {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string): string => style.getPropertyValue(name).trim();
  return {
    font: getComputedStyle(document.body).fontFamily,
    background: color("--surface"),
    ink: color("--ink"),
    faint: color("--faint"),
    line: color("--line"),
    empty: color("--empty"),
    found: color("--found"),
    missed: color("--missed"),
    accent: color("--accent"),
  };
}

export interface Picture {
  table: Table;
  layout: Layout;
  statistic: Statistic | null;
  scale: Scale;
  settling: string;
  theme: Theme;
  scroll: number; // pixels of the map that are out of view on the left
  readLayer: number;
}

export const headerFont = (theme: Theme, bold: boolean, size = 1): string => `${bold ? "600 " : ""}${12.5 * size}px ${theme.font}`;
export function layerLabel(table: Table, index: number): string {
  const layer = table.layers[index] ?? 0;
  return [tapOf(table, index), layer === 0 ? "embeddings" : String(layer)].filter((part) => part !== "").join(" ");
}

// Shortens text to a width, remembering what it found.
class Shortener {
  private readonly known = new Map<string, string>();

  fit(context: CanvasRenderingContext2D, text: string, width: number): string {
    const key = `${context.font}|${width}|${text}`;
    let short = this.known.get(key);
    if (short === undefined) this.known.set(key, (short = shorten(context, text, width)));
    if (this.known.size > 20000) this.known.clear();
    return short;
  }
}

function shorten(context: CanvasRenderingContext2D, text: string, width: number): string {
  if (context.measureText(text).width <= width) return text;
  const letters = Array.from(text);
  let low = 0;
  let high = letters.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (context.measureText(letters.slice(0, middle).join("") + "\u2026").width <= width) low = middle;
    else high = middle - 1;
  }
  return low === 0 ? "" : letters.slice(0, low).join("") + "\u2026";
}

const shortener = new Shortener();

export function drawMap(context: CanvasRenderingContext2D, picture: Picture, width: number): void {
  const { layout, scroll, theme } = picture;
  context.fillStyle = theme.background;
  context.fillRect(0, 0, width, layout.height);
  const first = Math.max(0, Math.floor(scroll / layout.column));
  const last = Math.min(layout.columns - 1, Math.ceil((scroll + width - layout.gutter) / layout.column));

  context.save();
  context.beginPath();
  context.rect(layout.gutter, 0, width - layout.gutter, layout.height);
  context.clip();
  for (let column = first; column <= last; ++column) {
    const row = picture.table.rows[column];
    if (row) drawColumn(context, picture, row, column);
  }
  context.restore();
  drawGutter(context, picture);
}

function drawColumn(context: CanvasRenderingContext2D, picture: Picture, row: Row, column: number): void {
  const { layout, theme, statistic, scale } = picture;
  const gap = layout.column >= 6 ? 1 : 0;
  for (let layer = 0; layer < layout.rows; ++layer) {
    const box = shifted(cellBox(layout, column, layer), picture.scroll);
    const unit = statistic ? scale.unit(value(row, statistic.name, layer), column) : null;
    const paint: Paint = unit === null ? { fill: theme.empty, ink: theme.ink } : paintOf(unit);
    context.fillStyle = paint.fill;
    // Edges on whole pixels: no seams where columns are narrow.
    const left = Math.round(box.x);
    const right = Math.round(box.x + box.width);
    context.fillRect(left, box.y, Math.max(1, right - left - gap), box.height - gap);
    if (layout.words) drawWord(context, picture, row, layer, box, paint);
  }
  drawSettling(context, picture, row, column);
  drawName(context, picture, row, column);
}

function drawWord(context: CanvasRenderingContext2D, picture: Picture, row: Row, layer: number, box: Box, paint: Paint): void {
  const token = bestToken(row, layer);
  if (token === null) return;
  const right = isRight(row, layer);
  context.font = `${right ? "700 " : ""}${Math.min(12.5, box.height - 4)}px ${picture.theme.font}`;
  context.fillStyle = paint.ink;
  context.globalAlpha = right || row.target_id === null ? 1 : 0.82;
  context.textAlign = "center";
  context.textBaseline = "middle";
  const text = shortener.fit(context, piece(picture.table, token), box.width - 8);
  context.fillText(text, box.x + box.width / 2, box.y + box.height / 2);
  context.globalAlpha = 1;
}

// The settling layer's lower edge: a light line with a dark rim, seen on every colour of the scale.
function drawSettling(context: CanvasRenderingContext2D, picture: Picture, row: Row, column: number): void {
  const at = settledAt(picture.table, row, picture.settling);
  if (at === null) return;
  const box = shifted(cellBox(picture.layout, column, at), picture.scroll);
  const left = Math.round(box.x);
  const width = Math.round(box.x + box.width) - left - (picture.layout.column >= 6 ? 1 : 0);
  context.fillStyle = "#000";
  context.fillRect(left, box.y + box.height - 3, width, 5);
  context.fillStyle = "#fff";
  context.fillRect(left, box.y + box.height - 2, width, 3);
}

function drawName(context: CanvasRenderingContext2D, picture: Picture, row: Row, column: number): void {
  const { layout, theme, table } = picture;
  const box = shifted(cellBox(layout, column, 0), picture.scroll);
  const right = isRight(row, lastLayer(table));
  const left = Math.round(box.x);
  const width = Math.max(1, Math.round(box.x + box.width) - left - (layout.column >= 6 ? 1 : 0));
  if (row.target_id !== null) {
    context.fillStyle = right ? theme.found : theme.missed;
    context.fillRect(left, layout.header + (right ? 2 : 0), width, right ? 2 : 4);
  }
  if (column % layout.everyName !== 0) return;
  context.font = headerFont(theme, right);
  context.fillStyle = right || row.target_id === null ? theme.ink : theme.missed;
  context.textBaseline = "middle";
  const name = rowName(table, row);
  if (!layout.upright) {
    context.textAlign = "center";
    const room = (box.width - 4) / context.measureText(name).width;
    if (room < 1) context.font = headerFont(theme, right, Math.max(0.75, room));
    context.fillText(shortener.fit(context, name, box.width - 3), box.x + box.width / 2, layout.header / 2);
    return;
  }
  context.save();
  context.translate(box.x + Math.max(box.width, kNameHeight) / 2, layout.header - 6);
  context.rotate(-Math.PI / 2);
  context.textAlign = "left";
  context.fillText(shortener.fit(context, name, layout.header - 10), 0, 0);
  context.restore();
}

function drawGutter(context: CanvasRenderingContext2D, picture: Picture): void {
  const { layout, theme, table } = picture;
  context.fillStyle = theme.background;
  context.fillRect(0, 0, layout.gutter - 1, layout.height);
  context.textAlign = "right";
  context.textBaseline = "middle";
  const inner = table.layers.some((_, layer) => tapOf(table, layer) !== "");
  // Where lines are low, the outputs of the layers only, or every second layer.
  const named = (layer: number): boolean => layout.row >= 15 || (inner ? tapOf(table, layer) === "" : layer % 2 === 0);
  for (let layer = 0; layer < layout.rows; ++layer) {
    const read = layer === picture.readLayer;
    if (!named(layer) && !read) continue;
    const box = cellBox(layout, 0, layer);
    context.font = `${read ? "700 " : ""}12px ${theme.font}`;
    context.fillStyle = read ? theme.accent : theme.faint;
    context.fillText(layerLabel(table, layer), layout.gutter - 8, box.y + box.height / 2);
  }
  context.font = `12px ${theme.font}`;
  context.fillStyle = theme.faint;
  context.fillText("layer", layout.gutter - 8, layout.header - 6);
}

export function shifted(box: Box, scroll: number): Box {
  return { ...box, x: box.x - scroll };
}

// A frame around a cell: of the cursor, or of what is pinned.
export function drawFrame(context: CanvasRenderingContext2D, box: Box, outer: string, inner: string): void {
  const width = Math.max(6, box.width);
  const x = box.x - (width - box.width) / 2;
  context.lineWidth = 4;
  context.strokeStyle = outer;
  context.strokeRect(x, box.y, width - 1, box.height - 1);
  context.lineWidth = 2;
  context.strokeStyle = inner;
  context.strokeRect(x, box.y, width - 1, box.height - 1);
}
