"""bench/RESULTS.svg: how many times as long as logitlens each peer takes, a group a work, on a logarithmic axis."""

import math
from html import escape

import works
from results import OURS, quartiles, ratio, ratios

COLORS = {works.LOOP: "#8a5a44", works.BATCHED: "#d1662e", works.TRANSFORMER_LENS: "#9467a8", works.ORT: "#2f6f9f", works.OPENVINO: "#5b8c5a"}
WIDTH, LEFT, RIGHT = 900, 170, 150
BAR, GAP, TITLE, GROUP = 16, 5, 24, 14
TOP, BOTTOM = 56, 46


def text(x, y, words, size=13, anchor="start", color="#222", weight="normal"):
    return (f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" fill="{color}" '
            f'font-weight="{weight}" stroke="white" stroke-width="4" paint-order="stroke">{escape(words)}</text>')


def line(x1, y1, x2, y2, color, width=1):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{color}" stroke-width="{width}"/>'


def peers_of(record):
    return [name for name in record["seconds"] if not name.startswith(OURS)]


class Axis:
    """Ratios to pixels, from a little below 1 to beyond the largest."""

    def __init__(self, values):
        self.low, self.high = math.log(min(0.7, 0.9 * min(values))), math.log(max(2.2, 1.1 * max(values)))

    def x(self, value):
        return LEFT + (WIDTH - LEFT - RIGHT) * (math.log(value) - self.low) / (self.high - self.low)

    def ticks(self):
        inside = [t for t in (0.5, 0.7, 1, 1.5, 2, 3, 5, 10, 20, 50, 100) if self.low <= math.log(t) <= self.high]
        kept = []
        for tick in inside:  # 1 always, others where there is room
            if tick == 1 or all(abs(self.x(tick) - self.x(other)) > 34 for other in [*kept, 1]):
                kept.append(tick)
        return kept


def bar(axis, record, name, y):
    middle, (low, high) = ratio(record, name), quartiles(ratios(record, name))
    start, end = sorted((axis.x(1), axis.x(middle)))
    yield f'<rect x="{start:.1f}" y="{y}" width="{end - start:.1f}" height="{BAR}" fill="{COLORS[name]}"/>'
    yield line(axis.x(low), y + BAR / 2, axis.x(high), y + BAR / 2, "#222", 1.5)
    yield text(LEFT - 8, y + BAR - 3, name, anchor="end")
    seconds = sorted(record["seconds"][name])[len(record["seconds"][name]) // 2]
    beyond = max(axis.x(max(middle, high)), axis.x(1)) + 8
    yield text(beyond, y + BAR - 3, f"{middle:.2f}x  ({seconds:.3g} s)", size=12)


def write(records, path):
    records = [record for record in records.values() if "seconds" in record]
    values = [value for record in records for name in peers_of(record)
              for value in (ratio(record, name), *quartiles(ratios(record, name)))]
    if not values:
        return
    axis, y, drawn = Axis(values), TOP, []
    for record in records:
        ours = sorted(record["seconds"][OURS])[len(record["seconds"][OURS]) // 2]
        drawn.append(text(14, y + TITLE - 9, f"{record['title']}  -  logitlens {ours:.3g} s", weight="bold"))
        y += TITLE
        for name in peers_of(record):
            drawn += bar(axis, record, name, y)
            y += BAR + GAP
        y += GROUP
    height = y + BOTTOM
    grid = []
    for tick in axis.ticks():
        grid.append(line(axis.x(tick), TOP, axis.x(tick), y, "#222" if tick == 1 else "#ddd"))
        grid.append(text(axis.x(tick), y + 18, f"{tick:g}", anchor="middle", color="#555"))
    grid.append(text(axis.x(1), y + 37, "times as long as logitlens (1 = as fast); line: quartiles of the rounds",
                     color="#555"))
    title = text(14, 30, "How many times as long as logitlens", size=18, weight="bold")
    with open(path, "w", encoding="utf-8") as file:
        file.write(f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
                   f'viewBox="0 0 {WIDTH} {height}" font-family="sans-serif">\n<rect width="100%" height="100%" '
                   f'fill="white"/>\n' + "\n".join([title, *grid, *drawn]) + "\n</svg>\n")
