// When grammar words settle, and when content words do: two distributions over the layers.
import { BarChart } from "echarts/charts";
import { init, use } from "echarts/core";
import { tapOf } from "./data";
import type { Classes, Distribution, Table } from "./data";
import { el } from "./dom";
import { readTheme } from "./heatmap_draw";
import { decimal } from "./statistics";
import type { Store } from "./store";
import { shown } from "./text";

use([BarChart]);

const colors = { light: ["#0072b2", "#d55e00"], dark: ["#56b4e9", "#ff8c42"] };

export function classes(table: Table, store: Store): HTMLElement | null {
  const found = table.findings.classes;
  if (!found || found.groups.length !== 2) return null;
  const plot = el("div", { class: "plot classes", role: "img", "aria-label": found.groups.map((group) => distributionWords(table, group)).join("; ") });
  const section = el(
    "section",
    { class: "block", "aria-labelledby": "classes-title" },
    el("h2", { id: "classes-title" }, "Grammar words against content words"),
    el("p", { class: "finding" }, classSentence(found)),
    plot,
    el("p", { class: "hint" }, `Grammar words are those of a list (${shown(found.word_list)}): articles, prepositions, pronouns and their like. A word settles where the true word is best from there upwards.`),
  );
  const layers = table.layers.filter((_, index) => tapOf(table, index) === "");
  const chart = init(plot, null, { renderer: "canvas", width: 720, height: 220 });
  store.watch(["theme"], (state) => {
    const theme = readTheme();
    const axis = { axisLabel: { color: theme.faint }, axisTick: { show: false }, axisLine: { lineStyle: { color: theme.line } }, nameTextStyle: { color: theme.faint } };
    chart.setOption({
      animation: false,
      textStyle: { fontFamily: theme.font },
      grid: { left: 40, right: 10, top: 26, bottom: 34 },
      xAxis: { ...axis, type: "category", data: [...layers.map(String), "never"], name: "layer", nameLocation: "middle", nameGap: 22 },
      yAxis: { ...axis, type: "value", minInterval: 1, name: "words", splitLine: { lineStyle: { color: theme.line } } },
      series: found.groups.map((group, i) => ({
        type: "bar",
        name: group.name,
        silent: true,
        barMaxWidth: 18,
        data: [...group.settled, group.never],
        itemStyle: { color: colors[state.theme][i] },
      })),
    });
  });
  const keys = found.groups.map((group, i) => el("span", { class: `key class-${i}` }, `${shown(group.name)} words: ${group.rows}`));
  section.insertBefore(el("div", { class: "legend" }, ...keys), plot);
  return section;
}

function distributionWords(table: Table, group: Distribution): string {
  const layers = table.layers.filter((_, index) => tapOf(table, index) === "");
  const settled = group.settled.flatMap((rows, i) => (rows > 0 ? [`${rows} at layer ${layers[i]}`] : []));
  return `${shown(group.name)} words: ${[...settled, `${group.never} never`].join(", ")}`;
}

const medianWords = (group: Distribution): string =>
  group.median === null ? `half or more of the ${shown(group.name)} words never settle` : `half of the ${shown(group.name)} words have settled by layer ${group.median}`;

// Whichever way it comes out.
export function classSentence({ groups, mann_whitney: test }: Classes): string {
  const [first, second] = groups as [Distribution, Distribution];
  const earlier = test.u > (first.rows * second.rows) / 2 ? first : second;
  const verdict = test.p < 0.05 ? `In this text ${shown(earlier.name)} words settle earlier` : "In this text neither kind clearly settles earlier";
  return `${verdict}: ${medianWords(first)}; ${medianWords(second)} (Mann\u2013Whitney, two-sided p = ${decimal(test.p)}; a word that never settles counts as later than every layer).`;
}
