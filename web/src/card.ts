// The card beside the pointer, and the line that screen readers speak.
import type { Table } from "./data";
import { value } from "./data";
import { el, replace } from "./dom";
import { cellTitle, spoken, targetLine, topTable } from "./cell";
import type { Statistic } from "./statistics";
import type { Cell } from "./store";

export class Card {
  readonly element = el("div", { class: "card", "aria-hidden": true, hidden: true });
  readonly live = el("div", { class: "for-readers", "aria-live": "polite", id: "spoken" });
  private current = "";

  show(name: string | null, table: Table, statistic: Statistic | null, cell: Cell, box: DOMRect): void {
    const row = table.rows[cell.row];
    if (!row) return this.hide();
    const key = `${name}|${statistic?.name}|${cell.row}|${cell.layer}`;
    if (key !== this.current) {
      this.current = key;
      const number = statistic ? value(row, statistic.name, cell.layer) : null;
      const known = ["best_z", "target_z", "best_logprob", "target_logprob", "target_rank"].includes(statistic?.name ?? "");
      replace(
        this.element,
        el("p", { class: "card-title" }, ...cellTitle(table, row, cell.layer)),
        name ? el("p", { class: "card-lens" }, name) : null,
        topTable(table, row, cell.layer),
        el("p", { class: "card-target" }, ...targetLine(table, row, cell.layer)),
        statistic && !known
          ? el("p", { class: "card-target" }, `${statistic.label}: `, number === null ? "no value" : statistic.format(number))
          : null,
      );
      this.live.textContent = spoken(table, row, cell.layer);
    }
    this.element.hidden = false;
    this.place(box);
  }

  hide(): void {
    this.element.hidden = true;
  }

  // Beside the cell, where there is room for it, never over it.
  private place(box: DOMRect): void {
    const size = this.element.getBoundingClientRect();
    const margin = 10;
    const room = { width: document.documentElement.clientWidth, height: document.documentElement.clientHeight };
    let left = box.right + margin;
    if (left + size.width > room.width - margin) left = box.left - margin - size.width;
    let top = box.top + box.height / 2 - size.height / 2;
    if (left < margin) {
      left = Math.max(margin, Math.min(box.left, room.width - size.width - margin));
      top = box.bottom + margin;
      if (top + size.height > room.height) top = box.top - margin - size.height;
    }
    top = Math.max(margin, Math.min(top, room.height - size.height - margin));
    this.element.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  }
}
