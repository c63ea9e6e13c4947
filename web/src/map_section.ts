// The heat map with its controls: one map, or two lenses side by side with one cursor.
import { Card } from "./card";
import type { Table } from "./data";
import { lastLayer, settledAt } from "./data";
import { drawDataTable } from "./data_table";
import { el, replace, Segmented, select } from "./dom";
import { Heatmap, mapKeys } from "./heatmap";
import { fits } from "./heatmap_layout";
import type { Scale, Scaling } from "./scale";
import { makeScale, paints } from "./scale";
import type { Statistic } from "./statistics";
import type { Cell, State, Store } from "./store";
import { settlingsOf, tableName } from "./words";

const kManyCells = 20000;

export class MapSection {
  readonly element = el("section", { class: "maps", "aria-labelledby": "map-title" });
  private readonly controls = el("div", { class: "controls no-print" });
  private readonly frames = el("div", { class: "frames" });
  private readonly explain = el("p", { class: "explain" });
  private readonly legend = el("div", { class: "legend" });
  private readonly table = el("div", { class: "data-table for-readers", tabindex: -1, role: "region", "aria-label": "The map as a table" });
  private readonly card = new Card();
  private maps: { map: Heatmap; index: number; title: HTMLElement }[] = [];
  private scale: Scale = { unit: () => null, range: null };
  private drawing = 0;

  constructor(
    private readonly store: Store,
    private readonly tables: Table[],
    private readonly statistics: Statistic[],
  ) {
    replace(
      this.element,
      el("h2", { id: "map-title" }, "Every word, layer by layer"),
      this.explain,
      this.controls,
      this.frames,
      this.legend,
      mapKeys(),
      this.table,
      this.card.element,
      this.card.live,
    );
    this.makeControls();
    store.watch(["table", "compared"], () => this.build());
    store.watch(["statistic", "scaling", "settling", "wide", "theme", "table", "compared"], () => this.redraw());
    store.watch(["layer"], () => this.each((map) => map.paint()));
    store.watch(["cell", "pin"], () => this.each((map) => map.frames()));
    store.watch(["cell"], (state) => state.cell === null && this.card.hide());
    window.addEventListener("scroll", () => this.card.hide(), { passive: true });
    window.addEventListener("beforeprint", () => this.each((map) => map.setPrinting(true)));
    window.addEventListener("afterprint", () => this.each((map) => map.setPrinting(false)));
  }

  private get statistic(): Statistic | null {
    return this.statistics.find((one) => one.name === this.store.state.statistic) ?? null;
  }

  private each(act: (map: Heatmap) => void): void {
    for (const { map } of this.maps) act(map);
  }

  private shownTables(state: State = this.store.state): number[] {
    return state.compared === null ? [state.table] : [state.table, state.compared];
  }

  private build(): void {
    this.maps = this.shownTables().map((index) => {
      const title = el("h3", { class: "map-name" }, tableName(this.tables[index] as Table, this.tables));
      const map = new Heatmap(
        this.store,
        () => ({ table: this.tables[index] as Table, statistic: this.statistic, scale: this.scale }),
        (cell, box) => this.point(index, cell, box),
      );
      return { map, index, title };
    });
    const several = this.tables.length > 1;
    this.frames.classList.toggle("side-by-side", this.maps.length > 1);
    replace(this.frames, ...this.maps.map(({ map, title }) => el("div", { class: "frame" }, several ? title : null, map.element)));
    // Linked: what is in view on one side is in view on the other.
    for (const { map } of this.maps) {
      map.element.addEventListener("scroll", () => this.each((other) => {
        if (other !== map && other.element.scrollLeft !== map.element.scrollLeft) other.element.scrollLeft = map.element.scrollLeft;
      }), { passive: true });
    }
  }

  private redraw(): void {
    const { state } = this.store;
    const tables = this.shownTables().map((index) => this.tables[index] as Table);
    if (this.statistic) this.scale = makeScale(tables, this.statistic, state.scaling);
    for (const { map, index } of this.maps) {
      const name = this.tables.length > 1 ? `, ${tableName(this.tables[index] as Table, this.tables)}` : "";
      map.setLabel(`Heat map of ${this.statistic?.label ?? "the guesses"}, words across, layers upwards${name}`);
      map.update();
    }
    this.explainMap();
    this.drawLegend();
    this.drawTable();
  }

  private point(index: number, cell: Cell | null, box: DOMRect | null): void {
    const table = this.tables[index] as Table;
    if (!cell || !box) return this.card.hide();
    this.card.show(this.tables.length > 1 ? tableName(table, this.tables) : null, table, this.statistic, cell, box);
  }

  private makeControls(): void {
    const { store, tables, statistics } = this;
    const items: HTMLElement[] = [];
    if (tables.length > 1) {
      const names = tables.map((table, i) => ({ value: String(i), label: tableName(table, tables) }));
      const lens = new Segmented("Lens", names, (value) => {
        const table = Number(value);
        store.set({ table, compared: store.state.compared === table ? null : store.state.compared });
      });
      store.watch(["table"], (state) => lens.set(String(state.table)));
      const beside = select("Compare with", [{ value: "", label: "nothing" }, ...names], (value) =>
        store.set({ compared: value === "" || Number(value) === store.state.table ? null : Number(value) }),
      );
      store.watch(["compared", "table"], (state) => {
        beside.input.value = state.compared === null ? "" : String(state.compared);
        for (const option of beside.input.options) option.disabled = option.value === String(state.table);
      });
      items.push(lens.element, beside.element);
    }
    if (statistics.length > 0) {
      const colour = select("Colour", statistics.map((one) => ({ value: one.name, label: one.label })), (statistic) => store.set({ statistic }));
      store.watch(["statistic"], (state) => (colour.input.value = state.statistic));
      const scaling = select(
        "Scale",
        [
          { value: "map", label: "lowest to highest" },
          { value: "absolute", label: "fixed" },
          { value: "word", label: "each word its own" },
        ],
        (value) => store.set({ scaling: value as Scaling }),
      );
      store.watch(["scaling"], (state) => (scaling.input.value = state.scaling));
      items.push(colour.element, scaling.element);
    }
    const settling = select("Line at", settlingsOf(tables).map((one) => ({ value: one.name, label: one.label })), (value) => store.set({ settling: value }));
    store.watch(["settling"], (state) => (settling.input.value = state.settling));
    const width = new Segmented("Width of the columns", [{ value: "whole", label: "Whole map" }, { value: "words", label: "Words" }], (value) =>
      store.set({ wide: value === "words" }),
    );
    store.watch(["wide"], (state) => width.set(state.wide ? "words" : "whole"));
    const asTable = el("button", { type: "button", "aria-pressed": "false", class: "toggle" }, "Table");
    asTable.addEventListener("click", () => this.showTable(asTable));
    items.push(settling.element, width.element, asTable);
    // A choice only where there is one.
    const chooseWidth = (): void => {
      const all = this.shownTables().every((index) => fits(this.tables[index] as Table, this.frameWidth(), 84));
      width.element.hidden = all;
    };
    new ResizeObserver(chooseWidth).observe(this.frames);
    store.watch(["compared"], chooseWidth);
    replace(this.controls, ...items);
  }

  private frameWidth(): number {
    return this.frames.clientWidth / (this.store.state.compared === null ? 1 : 2);
  }

  private showTable(button: HTMLElement): void {
    const shown = this.table.classList.toggle("for-readers") === false;
    button.setAttribute("aria-pressed", String(shown));
    this.table.tabIndex = shown ? 0 : -1;
    this.frames.hidden = shown;
    this.legend.hidden = shown;
    this.drawTable(true);
    if (!shown) this.each((map) => map.update());
  }

  // Large tables wait until the page is drawn; very large ones, of texts read in windows, until they are asked for.
  private drawTable(now = false): void {
    window.clearTimeout(this.drawing);
    const draw = (): void => {
      const { state } = this.store;
      const table = this.tables[state.table] as Table;
      drawDataTable(this.table, tableName(table, this.tables), table, this.statistic);
    };
    const { rows, layers } = this.tables[this.store.state.table] as Table;
    const asked = now || !this.table.classList.contains("for-readers");
    if (!asked && rows.length * layers.length > kManyCells) return replace(this.table, "The table is made when its button is pressed.");
    if (asked) draw();
    else this.drawing = window.setTimeout(draw, 300);
  }

  private explainMap(): void {
    const { state } = this.store;
    const table = this.tables[state.table] as Table;
    const masked = table.rows.every((row) => row.masked);
    const asked = table.rows.some((row) => row.target_id !== null);
    const line = settlingsOf(this.tables).find((one) => one.name === state.settling);
    const lined = table.rows.some((row) => settledAt(table, row, state.settling) !== null);
    const top = table.layers[lastLayer(table)];
    const parts = [
      `Each column is a word${masked ? " that was hidden from the model" : ""}, each line a layer, the first at the bottom.`,
      table.taps.some((tap) => tap !== "layer") ? " The lines between two layers are states within the upper one." : "",
      ` A cell holds the layer's best guess${asked ? ", bold where it is right" : ""}${this.statistic ? `; the colour shows ${this.statistic.meaning}` : ""}.`,
      lined && line ? ` The white line: ${line.meaning(table)}.` : "",
      top === table.model.layers ? ` Layer ${top} is what the model answers.` : "",
    ];
    replace(this.explain, parts.join(""));
  }

  private drawLegend(): void {
    const { statistic } = this;
    const { table, settling } = this.store.state;
    const { rows } = this.tables[table] as Table;
    const asked = rows.some((row) => row.target_id !== null);
    const settles = rows.some((row) => settledAt(this.tables[table] as Table, row, settling) !== null);
    const keys = [
      asked && el("span", { class: "key found" }, "found at the last layer"),
      asked && el("span", { class: "key missed" }, "not found"),
      settles && el("span", { class: "key settles" }, "settles"),
    ];
    if (!statistic) return replace(this.legend, ...keys);
    const { range } = this.scale;
    const ends = range ? [statistic.format(range[0]), statistic.format(range[1])] : ["its lowest", "its highest"];
    if (statistic.darkIsHigh) ends.reverse();
    const bar = el("canvas", { class: "scale-bar", width: 256, height: 1, "aria-hidden": true });
    const context = bar.getContext("2d") as CanvasRenderingContext2D;
    paints.forEach((paint, x) => {
      context.fillStyle = paint.fill;
      context.fillRect(x, 0, 1, 1);
    });
    replace(
      this.legend,
      el("span", { class: "scale" }, el("span", { class: "scale-end" }, `${statistic.low} ${ends[0]}`), bar, el("span", { class: "scale-end" }, `${ends[1]} ${statistic.high}`)),
      ...keys,
    );
  }
}
