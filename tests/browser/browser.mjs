// Debian's Chromium through playwright-core, and what every page must keep to: nothing on the console, no request.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

// Where CMake has put the packages (tests/CMakeLists.txt); without it, those beside this file.
const packages = process.env.LOGITLENS_BROWSER_DIR;
const require = createRequire(packages ? join(packages, "package.json") : import.meta.url);
const { chromium } = require("playwright-core");

let browser;
export async function launch() {
  const asRoot = process.getuid?.() === 0;
  browser = await chromium.launch({
    executablePath: process.env.LOGITLENS_CHROMIUM ?? "/usr/bin/chromium",
    args: asRoot ? ["--no-sandbox"] : [],
  });
}
export const close = () => browser.close();

// Opens a page from disk, hands it to `look`, and checks at the end that it was quiet.
export async function visit(path, look, options = {}) {
  const { width = 1280, height = 900, scheme = "light", dialogs = false } = options;
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme, acceptDownloads: true });
  context.setDefaultTimeout(15000);
  const page = await context.newPage();
  const url = pathToFileURL(path).href;
  const said = [];
  page.on("console", (message) => said.push(`console ${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => said.push(`error: ${error.message}`));
  page.on("request", (request) => {
    const allowed = request.url() === url || /^(data|blob):/.test(request.url());
    if (!allowed) said.push(`request: ${request.url()}`);
  });
  page.on("dialog", (dialog) => {
    if (!dialogs) said.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  try {
    await page.goto(url);
    assert.ok(await page.locator("html.ready").count(), `the page has not built itself: ${said.join("; ")}`);
    await look(page);
    assert.deepEqual(said, []);
  } finally {
    await context.close();
  }
}

// A point of the heat map: the middle of a cell, by index of word and layer.
export async function cellPoint(page, column, layer, map = 0) {
  const canvas = page.locator("canvas.map-canvas").nth(map);
  await canvas.scrollIntoViewIfNeeded();
  const box = await canvas.boundingBox();
  const { columns, layers } = await page.evaluate(() => {
    const table = JSON.parse(document.getElementById("table-0").textContent);
    return { columns: table.rows.length, layers: table.layers.length };
  });
  const row = layers <= 14 ? 28 : layers <= 26 ? 22 : layers <= 40 ? 16 : 13;
  const gutter = await gutterOf(page, map);
  const width = (box.width - gutter) / columns;
  return {
    x: box.x + gutter + (column + 0.5) * Math.min(104, width),
    y: box.y + box.height - 1 - (layer + 0.5) * row,
  };
}

// Where the columns begin: the first point at which the pointer says that a cell is there.
async function gutterOf(page, map) {
  return page.evaluate((index) => {
    const canvas = document.querySelectorAll("canvas.map-canvas")[index];
    const box = canvas.getBoundingClientRect();
    let x = 0;
    for (; x < 200; ++x) {
      canvas.dispatchEvent(new PointerEvent("pointermove", { clientX: box.x + x, clientY: box.bottom - 8, bubbles: true }));
      if (canvas.classList.contains("over-cell")) break;
    }
    canvas.dispatchEvent(new PointerEvent("pointerleave", { bubbles: true }));
    return x;
  }, map);
}

export async function hover(page, column, layer, map = 0) {
  const point = await cellPoint(page, column, layer, map);
  await page.mouse.move(point.x, point.y);
  await page.waitForSelector(".card:not([hidden])");
  return page.locator(".card").innerText();
}

export async function clickCell(page, column, layer, map = 0) {
  const point = await cellPoint(page, column, layer, map);
  await page.mouse.click(point.x, point.y);
}

// What the canvas shows, as a text: another picture is another text.
export function pictureOf(page, map = 0) {
  return page.evaluate((index) => document.querySelectorAll("canvas.map-canvas")[index].toDataURL(), map);
}
