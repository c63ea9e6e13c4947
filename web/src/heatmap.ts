// One table's heat map: a canvas that stays in view while the map scrolls beneath it, pointer and keyboard.
import type { Table } from "./data";
import { bestId, bestToken } from "./data";
import { el } from "./dom";
import type { Theme } from "./heatmap_draw";
import { drawFrame, drawMap, headerFont, layerLabel, readTheme, shifted } from "./heatmap_draw";
import type { Box, Layout } from "./heatmap_layout";
import { cellBox, hit, makeLayout } from "./heatmap_layout";
import type { Scale } from "./scale";
import type { Statistic } from "./statistics";
import type { Cell, Store } from "./store";
import { rowName } from "./words";

export interface Shown {
  table: Table;
  statistic: Statistic | null;
  scale: Scale;
}

export class Heatmap {
  readonly element: HTMLElement;
  private readonly space = el("div", { class: "map-space" });
  private readonly canvas = el("canvas", { class: "map-canvas", "aria-hidden": true });
  private readonly behind = document.createElement("canvas"); // the map without frames
  private layout: Layout | null = null;
  private theme: Theme = readTheme();
  private width = 0;
  private print = false;

  // `show` says what is shown now; `point` tells where the cell under the pointer or the cursor is on the screen.
  constructor(
    private readonly store: Store,
    private readonly show: () => Shown,
    private readonly point: (cell: Cell | null, box: DOMRect | null) => void,
  ) {
    this.space.appendChild(this.canvas);
    this.element = el(
      "div",
      { class: "map-scroll", tabindex: 0, role: "application", "aria-roledescription": "heat map", "aria-describedby": "map-keys" },
      this.space,
    );
    this.element.addEventListener("scroll", () => this.paint(), { passive: true });
    this.canvas.addEventListener("pointermove", (event) => this.onPointer(event));
    this.canvas.addEventListener("pointerleave", () => this.leave());
    this.canvas.addEventListener("click", (event) => this.onClick(event));
    this.element.addEventListener("keydown", (event) => this.onKey(event));
    this.element.addEventListener("blur", () => this.leave());
    new ResizeObserver(() => {
      if (this.element.clientWidth !== this.width) this.update();
    }).observe(this.element);
  }

  setLabel(label: string): void {
    this.element.setAttribute("aria-label", label);
  }

  setPrinting(print: boolean): void {
    this.print = print;
    this.update();
  }

  // Everything again: data, sizes, colours.
  update(): void {
    this.theme = readTheme();
    this.width = this.print ? 1000 : this.element.clientWidth;
    if (this.width === 0) return;
    const { table } = this.show();
    const context = this.behind.getContext("2d") as CanvasRenderingContext2D;
    context.font = headerFont(this.theme, true);
    const names = table.rows.slice(0, 600).map((row) => context.measureText(rowName(table, row)).width);
    context.font = `12px ${this.theme.font}`;
    const labels = ["layer", ...table.layers.map((_, index) => layerLabel(table, index))];
    const gutter = Math.ceil(Math.max(...labels.map((label) => context.measureText(label).width)) + 14);
    this.layout = makeLayout(table, {
      available: this.width,
      wide: this.store.state.wide,
      longestName: Math.min(118, Math.max(10, ...names)),
      gutter,
      print: this.print,
    });
    this.space.style.width = `${Math.max(this.width, Math.floor(this.layout.width))}px`;
    this.space.style.height = `${this.layout.height}px`;
    this.paint();
  }

  // The map as it is scrolled now, then the frames.
  paint(): void {
    const { layout } = this;
    if (!layout) return;
    const shown = this.show();
    const sharpness = window.devicePixelRatio || 1;
    for (const canvas of [this.canvas, this.behind]) {
      const width = Math.round(this.width * sharpness);
      const height = Math.round(layout.height * sharpness);
      if (canvas.width !== width) canvas.width = width;
      if (canvas.height !== height) canvas.height = height;
    }
    this.canvas.style.width = `${this.width}px`;
    this.canvas.style.height = `${layout.height}px`;
    const context = this.behind.getContext("2d") as CanvasRenderingContext2D;
    context.setTransform(sharpness, 0, 0, sharpness, 0, 0);
    const { settling, layer } = this.store.state;
    drawMap(
      context,
      { ...shown, layout, settling, theme: this.theme, scroll: this.scroll(), readLayer: this.print ? -1 : layer },
      this.width,
    );
    this.frames();
  }

  // Only what moves with the pointer.
  frames(): void {
    const { layout } = this;
    if (!layout) return;
    const context = this.canvas.getContext("2d") as CanvasRenderingContext2D;
    const sharpness = window.devicePixelRatio || 1;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.drawImage(this.behind, 0, 0);
    context.setTransform(sharpness, 0, 0, sharpness, 0, 0);
    const { cell, pin } = this.store.state;
    context.beginPath();
    context.save();
    context.rect(layout.gutter - 3, 0, this.width, layout.height);
    context.clip();
    if (pin && this.holds(pin)) drawFrame(context, this.boxOf(pin), "#000", this.theme.accent);
    if (cell && !this.print && this.holds(cell)) drawFrame(context, this.boxOf(cell), "#000", "#fff");
    context.restore();
  }

  // Moves the map so that a cell is in view.
  reveal(cell: Cell): void {
    if (!this.layout || !this.holds(cell)) return;
    const box = cellBox(this.layout, cell.row, cell.layer);
    const left = this.element.scrollLeft;
    if (box.x - left < this.layout.gutter) this.element.scrollLeft = box.x - this.layout.gutter;
    if (box.x + box.width - left > this.width) this.element.scrollLeft = box.x + box.width - this.width;
  }

  screenBox(cell: Cell): DOMRect | null {
    if (!this.layout || !this.holds(cell)) return null;
    const box = this.boxOf(cell);
    const frame = this.canvas.getBoundingClientRect();
    return new DOMRect(frame.x + box.x, frame.y + box.y, box.width, box.height);
  }

  private holds(cell: Cell): boolean {
    const { table } = this.show();
    return cell.row < table.rows.length && cell.layer < table.layers.length;
  }

  private boxOf(cell: Cell): Box {
    return shifted(cellBox(this.layout as Layout, cell.row, cell.layer), this.scroll());
  }

  private scroll(): number {
    return this.print ? 0 : this.element.scrollLeft;
  }

  private at(event: MouseEvent): { column: number; layer: number | null } | null {
    if (!this.layout) return null;
    const frame = this.canvas.getBoundingClientRect();
    const x = event.clientX - frame.x;
    if (x < this.layout.gutter) return null;
    return hit(this.layout, x + this.scroll(), event.clientY - frame.y);
  }

  private onPointer(event: PointerEvent): void {
    const found = this.at(event);
    this.canvas.classList.toggle("over-cell", found !== null);
    if (!found) return this.leave();
    const top = this.show().table.layers.length - 1;
    this.moveTo({ row: found.column, layer: found.layer ?? top });
  }

  private moveTo(cell: Cell): void {
    const old = this.store.state.cell;
    if (!old || old.row !== cell.row || old.layer !== cell.layer) this.store.set({ cell });
    this.point(cell, this.screenBox(cell));
  }

  private leave(): void {
    this.store.set({ cell: null });
    this.point(null, null);
  }

  private onClick(event: MouseEvent): void {
    const found = this.at(event);
    const layer = /* x outside the columns: the layers' names */ this.layerAt(event);
    if (found) this.pin({ row: found.column, layer: found.layer ?? this.show().table.layers.length - 1 });
    else if (layer !== null) this.store.set({ layer });
  }

  private layerAt(event: MouseEvent): number | null {
    if (!this.layout) return null;
    const y = event.clientY - this.canvas.getBoundingClientRect().y;
    return hit(this.layout, this.layout.gutter + 1, y)?.layer ?? null;
  }

  private pin(cell: Cell): void {
    const row = this.show().table.rows[cell.row];
    if (row) this.store.set({ pin: { ...cell, id: bestId(row, cell.layer), token: bestToken(row, cell.layer) } });
  }

  private onKey(event: KeyboardEvent): void {
    const { table } = this.show();
    const last: Cell = { row: table.rows.length - 1, layer: table.layers.length - 1 };
    if (last.row < 0 || last.layer < 0) return;
    const { state } = this.store;
    const from: Cell = state.cell ?? state.pin ?? { row: 0, layer: last.layer };
    const moves: Record<string, Cell> = {
      ArrowLeft: { row: from.row - 1, layer: from.layer },
      ArrowRight: { row: from.row + 1, layer: from.layer },
      ArrowUp: { row: from.row, layer: from.layer + 1 },
      ArrowDown: { row: from.row, layer: from.layer - 1 },
      Home: { row: 0, layer: from.layer },
      End: { row: last.row, layer: from.layer },
      PageUp: { row: from.row, layer: last.layer },
      PageDown: { row: from.row, layer: 0 },
    };
    const move = moves[event.key];
    if (move) {
      const within = (x: number, most: number): number => Math.min(most, Math.max(0, x));
      const cell = state.cell || state.pin ? { row: within(move.row, last.row), layer: within(move.layer, last.layer) } : from;
      this.reveal(cell);
      this.moveTo(cell);
    } else if (event.key === "Enter" || event.key === " ") {
      this.pin(from);
    } else if (event.key === "Escape") {
      this.store.set({ pin: null, cell: null });
      this.point(null, null);
    } else {
      return;
    }
    event.preventDefault();
  }
}

export function mapKeys(): HTMLElement {
  return el(
    "p",
    { id: "map-keys", class: "for-readers" },
    "Arrow keys move from cell to cell, Home and End to the first and last word, Page Up and Page Down to the last and " +
      "first layer. Enter pins a cell, Escape unpins it. The same numbers are in the table further down.",
  );
}

