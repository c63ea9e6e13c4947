// The pinned cell: its best tokens, and their curves through all layers (Apache ECharts, canvas only).
import { LineChart } from "echarts/charts";
import { GridComponent, MarkLineComponent } from "echarts/components";
import type { EChartsType } from "echarts/core";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { cellTitle, targetLine, topTable } from "./cell";
import type { Curve } from "./curves";
import { curvesOf, envelope } from "./curves";
import type { Row, Series, Table } from "./data";
import { lastLayer, settledAt, tapOf } from "./data";
import { el, replace, Segmented, word } from "./dom";
import { layerLabel, readTheme } from "./heatmap_draw";
import { decimal, percent } from "./statistics";
import type { State, Store } from "./store";
import { piece, settlingsOf, tableName } from "./words";

use([LineChart, GridComponent, MarkLineComponent, CanvasRenderer]);

// Okabe and Ito's colours, told apart by the colour-blind; each with a dash and a symbol of its own as well.
const light = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b58900", "#56b4e9", "#7f5fbf", "#6b6b6b"];
const dark = ["#56b4e9", "#ff8c42", "#2fc79b", "#e79fc9", "#e6c229", "#8fd3ff", "#b39ddb", "#b0b0b0"];
const dashes: ("solid" | number[])[] = ["solid", [7, 3], [2, 3], [9, 3, 2, 3], [4, 2], [1, 2], [12, 4], [6, 2, 1, 2]];
const symbols = ["circle", "rect", "triangle", "diamond", "circle", "rect", "triangle", "diamond"];

interface Line {
  label: HTMLElement[];
  values: Series;
  style: number; // of colour, dash and symbol
  faint: boolean;
}

export class Trajectory {
  readonly element = el("section", { class: "panel", "aria-label": "The pinned cell" });
  private readonly title = el("h2", {});
  private readonly details = el("div", { class: "pinned" });
  private readonly plot = el("div", { class: "plot", role: "img" });
  private readonly legend = el("ul", { class: "curves" });
  private readonly empty = el("p", { class: "hint" }, "Click a cell, or move to it with the arrow keys and press Enter, to follow its word through all layers.");
  private readonly body = el("div", { class: "panel-body" });
  private readonly kinds: Segmented;
  private chart: EChartsType | null = null;
  private followed = -1;

  constructor(
    private readonly store: Store,
    private readonly tables: Table[],
  ) {
    this.kinds = new Segmented(
      "What the curves show",
      [
        { value: "z", label: "z" },
        { value: "logprob", label: "probability" },
      ],
      (curve) => store.set({ curve: curve as State["curve"] }),
    );
    const unpin = el("button", { type: "button", class: "quiet", title: "Escape in the map does the same" }, "Unpin");
    unpin.addEventListener("click", () => store.set({ pin: null }));
    const head = el("div", { class: "plot-head" }, el("h3", {}, "Through the layers"), this.kinds.element);
    replace(this.body, this.details, head, this.plot, this.legend, unpin);
    replace(this.element, this.title, this.empty, this.body);
    new ResizeObserver(() => this.chart?.resize()).observe(this.plot);
    store.watch(["pin", "table", "compared", "curve", "theme", "settling"], (state) => this.update(state));
    store.watch(["cell"], (state) => this.follow(state));
  }

  update(state: State): void {
    const table = this.tables[state.table];
    const row = state.pin ? table?.rows[state.pin.row] : undefined;
    this.empty.hidden = row !== undefined;
    this.body.hidden = row === undefined;
    if (!state.pin || !table || !row) {
      replace(this.title, "Nothing pinned");
      return;
    }
    const { pin } = state;
    const layer = Math.min(pin.layer, lastLayer(table));
    replace(this.title, ...cellTitle(table, row, layer));
    replace(
      this.details,
      topTable(table, row, layer, (token) => this.store.set({ pin: { ...pin, id: token.id, token: token.token } })),
      el("p", { class: "target-line" }, ...targetLine(table, row, layer)),
    );
    this.kinds.set(state.curve);
    this.draw(state, table, row);
  }

  private lines(state: State, table: Table, row: Row): Line[] {
    const curves = curvesOf(table, row, state.pin, state.curve);
    const label = (one: Table, curve: Curve): HTMLElement[] => [
      word(piece(one, curve.token)),
      ...(curve.roles.length > 0 ? [el("span", { class: "role" }, curve.roles.join(", "))] : []),
    ];
    const lines: Line[] = curves.map((curve, style) => ({ label: label(table, curve), values: curve.values, style, faint: false }));
    const best = envelope(row, state.curve);
    if (best) lines.push({ label: [el("span", {}, "best guess of each layer")], values: best, style: -1, faint: true });
    const other = state.compared === null ? undefined : this.tables[state.compared];
    const there = other?.rows.find((one) => one.position === row.position);
    if (other && there && other.layers.length === table.layers.length) {
      const name = tableName(other, this.tables);
      for (const curve of curvesOf(other, there, null, state.curve).filter((one) => one.roles.length > 0)) {
        const same = curves.findIndex((one) => one.id === curve.id);
        const style = same >= 0 ? same : curves.length;
        lines.push({ label: [...label(other, curve), el("span", { class: "role" }, name)], values: curve.values, style: style % 8, faint: true });
      }
    }
    return lines;
  }

  private draw(state: State, table: Table, row: Row): void {
    const theme = readTheme();
    const colors = state.theme === "dark" ? dark : light;
    const color = (line: Line): string => (line.style < 0 ? theme.faint : (colors[line.style % 8] as string));
    const lines = this.lines(state, table, row);
    const probability = state.curve === "logprob";
    const settled = settledAt(table, row, state.settling);
    const inner = table.layers.some((_, index) => tapOf(table, index) !== "");
    this.chart ??= this.makeChart();
    const axis = {
      axisLabel: { color: theme.faint, fontFamily: theme.font, fontSize: 11 },
      axisLine: { show: true, lineStyle: { color: theme.line } },
      axisTick: { show: false },
      nameTextStyle: { color: theme.faint, fontFamily: theme.font, fontSize: 11 },
    };
    this.chart.setOption(
      {
        animation: false,
        textStyle: { fontFamily: theme.font },
        grid: { left: 44, right: 14, top: 14, bottom: 38 },
        xAxis: {
          ...axis,
          axisLabel: { ...axis.axisLabel, interval: inner ? (index: number) => tapOf(table, index) === "" && (table.layers[index] ?? 0) % 2 === 0 : "auto" },
          type: "category",
          boundaryGap: false,
          data: table.layers.map((_, index) => layerLabel(table, index).replace("embeddings", "emb.")),
          name: "layer",
          nameLocation: "middle",
          nameGap: 24,
        },
        yAxis: {
          ...axis,
          type: "value",
          splitNumber: 4,
          ...(probability ? powersOfTen(lines) : {}),
          splitLine: { lineStyle: { color: theme.line } },
          axisLabel: { ...axis.axisLabel, formatter: (y: number) => (probability ? shortPercent(y) : decimalTick(y)) },
        },
        series: lines.map((line, i) => ({
          type: "line",
          data: line.values,
          symbol: symbols[Math.max(0, line.style) % 8],
          symbolSize: line.style < 0 ? 0 : line.faint || table.layers.length > 26 ? 4 : 6,
          showAllSymbol: true, // a value between two that are not known has no line
          silent: true,
          z: line.style < 0 ? 1 : 3,
          lineStyle: {
            color: color(line),
            width: line.style < 0 ? 7 : line.faint ? 1.2 : 2.2,
            opacity: line.style < 0 ? 0.22 : 1,
            type: line.style < 0 ? "solid" : line.faint ? [2, 3] : dashes[line.style % 8],
          },
          itemStyle: { color: color(line) },
          markLine:
            i === 0 && settled !== null
              ? {
                  silent: true,
                  symbol: "none",
                  lineStyle: { color: theme.faint, type: "solid", width: 1 },
                  label: {
                    formatter: "settles",
                    color: theme.faint,
                    fontSize: 11,
                    position: "end",
                    distance: 2,
                    align: settled > 0.85 * lastLayer(table) ? "right" : settled < 0.1 * lastLayer(table) ? "left" : "center",
                  },
                  data: [{ xAxis: settled }],
                }
              : undefined,
        })),
      },
      { notMerge: true },
    );
    this.followed = -1;
    this.drawLegend(lines, color, state);
    const settling = settlingsOf(this.tables).find((one) => one.name === state.settling);
    this.plot.setAttribute(
      "aria-label",
      `Curves of ${probability ? "probability" : "z"} over the layers. ` +
        (settled === null ? "It never settles." : `Settled at layer ${table.layers[settled]}: ${settling?.meaning(table)}.`),
    );
  }

  // A layer pointed at here is pointed at in the map too.
  private makeChart(): EChartsType {
    const chart = init(this.plot, null, { renderer: "canvas" });
    chart.getZr().on("mousemove", (event) => {
      const { pin, table } = this.store.state;
      const at = [event.offsetX, event.offsetY];
      if (!pin || !chart.containPixel("grid", at)) return this.store.set({ cell: null });
      const layer = Math.round((chart.convertFromPixel("grid", at) as number[])[0] ?? 0);
      const layers = this.tables[table]?.layers.length ?? 0;
      const { cell } = this.store.state;
      if (layer < 0 || layer >= layers || (cell?.row === pin.row && cell.layer === layer)) return;
      this.store.set({ cell: { row: pin.row, layer } });
    });
    chart.getZr().on("globalout", () => this.store.set({ cell: null }));
    return chart;
  }

  private drawLegend(lines: Line[], color: (line: Line) => string, state: State): void {
    const layer = state.pin?.layer ?? 0;
    replace(
      this.legend,
      ...lines.map((line) => {
        const mark = el("canvas", { class: "mark", width: 56, height: 20, "aria-hidden": true });
        drawMark(mark, color(line), line);
        const y = line.values[layer] ?? null;
        return el("li", {}, mark, el("span", { class: "curve-name" }, ...line.label), el("span", { class: "number" }, shownValue(y, state.curve)));
      }),
    );
  }

  // While the pointer is on this word's column, the list shows that layer's values.
  private follow(state: State): void {
    const { pin, cell } = state;
    const table = this.tables[state.table];
    if (!pin || !table) return;
    const layer = cell && cell.row === pin.row ? cell.layer : pin.layer;
    if (layer === this.followed) return;
    this.followed = layer;
    const row = table.rows[pin.row];
    if (!row) return;
    const lines = this.lines(state, table, row);
    this.legend.querySelectorAll(".number").forEach((element, i) => {
      element.textContent = shownValue(lines[i]?.values[layer] ?? null, state.curve);
    });
  }
}

function shownValue(y: number | null, kind: State["curve"]): string {
  if (y === null) return "\u2013";
  return kind === "z" ? decimal(y) : percent(y);
}

// A logarithmic axis from 100 % downwards, with at most five ticks, each a power of ten.
function powersOfTen(lines: Line[]): { max: number; min: number; interval: number } {
  const lowest = Math.min(0, ...lines.flatMap((line) => line.values.filter((y): y is number => y !== null)));
  const decades = Math.max(1, Math.ceil(-lowest / Math.LN10));
  const step = Math.ceil(decades / 4);
  return { max: 0, min: -Math.ceil(decades / step) * step * Math.LN10, interval: step * Math.LN10 };
}

const decimalTick = (y: number): string => String(y).replace("-", "\u2212");
const shortPercent = (y: number): string => {
  const share = Math.exp(y);
  return share >= 0.01 ? `${Math.round(100 * share)}\u00a0%` : `10${superscript(Math.round(y / Math.LN10))}`;
};
const superscript = (n: number): string =>
  String(n).replace(/[-0-9]/g, (c) => (c === "-" ? "\u207b" : ("\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079"[Number(c)] ?? c)));

function drawMark(canvas: HTMLCanvasElement, color: string, line: Line): void {
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  context.strokeStyle = context.fillStyle = color;
  context.globalAlpha = line.style < 0 ? 0.3 : 1;
  context.lineWidth = line.style < 0 ? 10 : line.faint ? 2.4 : 4.4;
  const dash = line.style < 0 ? "solid" : line.faint ? [2, 3] : (dashes[line.style % 8] ?? "solid");
  if (dash !== "solid") context.setLineDash(dash.map((length) => 2 * length));
  context.beginPath();
  context.moveTo(2, 10);
  context.lineTo(54, 10);
  context.stroke();
  if (line.style < 0) return;
  context.beginPath();
  const symbol = symbols[line.style % 8];
  if (symbol === "circle") context.arc(28, 10, 6, 0, 7);
  if (symbol === "rect") context.rect(22, 4, 12, 12);
  if (symbol === "triangle") polygon(context, [28, 3, 35, 16, 21, 16]);
  if (symbol === "diamond") polygon(context, [28, 2, 36, 10, 28, 18, 20, 10]);
  context.fill();
}

function polygon(context: CanvasRenderingContext2D, points: number[]): void {
  for (let i = 0; i < points.length; i += 2) context.lineTo(points[i] as number, points[i + 1] as number);
}
