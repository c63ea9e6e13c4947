// Where things are in the heat map: layers upwards, one column a row of the table.
import type { Table } from "./data";

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Layout {
  gutter: number; // width of the layers' names
  header: number; // height of the columns' names
  strip: number; // height of the line under them that tells found from not found
  column: number;
  row: number;
  columns: number;
  rows: number;
  upright: boolean; // the columns' names are turned by a quarter
  everyName: number; // one name in so many columns is written
  words: boolean; // cells have room for words
  width: number; // of the whole map
  height: number;
}

export const kNameHeight = 14;
const kTallest = 132;
const kStrip = 7;
const kNarrowWord = 44;
const kWideWord = 104;
const kSmallest = 0.78; // a name that does not fit may be written that much smaller before all are turned

export interface Wishes {
  available: number; // width
  wide: boolean;
  longestName: number; // widths of text in pixels
  gutter: number;
  print: boolean;
}

export function fits(table: Table, available: number, gutter: number): boolean {
  return (available - gutter) / Math.max(1, table.rows.length) >= kNarrowWord;
}

export function makeLayout(table: Table, wishes: Wishes): Layout {
  const columns = table.rows.length;
  const rows = table.layers.length;
  const room = Math.max(40, wishes.available - wishes.gutter);
  const even = room / Math.max(1, columns);
  const wide = wishes.wide && !wishes.print;
  const wished = Math.min(kWideWord, Math.max(kNarrowWord, wishes.longestName + 14));
  const column = Math.min(kWideWord, wide && even < kNarrowWord ? wished : even);
  const upright = kSmallest * wishes.longestName + 6 > column;
  const words = column >= kNarrowWord - 8;
  const row = rows <= 14 ? 28 : rows <= 26 ? 22 : rows <= 40 ? 16 : 13;
  const header = upright ? Math.min(kTallest, Math.ceil(wishes.longestName + 14)) : 26;
  return {
    gutter: wishes.gutter,
    header,
    strip: kStrip,
    column,
    row,
    columns,
    rows,
    upright,
    everyName: upright ? Math.ceil(kNameHeight / column) : 1,
    words,
    width: wishes.gutter + columns * column,
    height: header + kStrip + rows * row + 1,
  };
}

export function cellBox(layout: Layout, column: number, layer: number): Box {
  const x = layout.gutter + column * layout.column;
  const y = layout.header + layout.strip + (layout.rows - 1 - layer) * layout.row;
  return { x, y, width: layout.column, height: layout.row };
}

// The column and layer at a point of the whole map; layer null: the column's name.
export function hit(layout: Layout, x: number, y: number): { column: number; layer: number | null } | null {
  const column = Math.floor((x - layout.gutter) / layout.column);
  if (x < layout.gutter || column >= layout.columns || y < 0 || y > layout.height) return null;
  const below = y - layout.header - layout.strip;
  if (below < 0) return { column, layer: null };
  const layer = layout.rows - 1 - Math.floor(below / layout.row);
  return layer < 0 ? null : { column, layer };
}
