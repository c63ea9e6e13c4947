// The report of one sweep: everything that can be clicked, pressed or read.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { cellPoint, clickCell, close, hover, launch, pictureOf, visit } from "./browser.mjs";
import { logitlens, sweep, verse, writePage } from "./pages.mjs";

let path;
let table;
before(async () => {
  await launch();
  path = writePage(verse);
  table = sweep(verse);
});
after(close);

const last = () => table.layers.length - 1;

test("the page is small beside its data", () => {
  const page = readFileSync(path, "utf8");
  const data = /<script type="application\/json" id="table-0">([^]*?)<\/script>/.exec(page)[1];
  assert.ok(page.length - data.length < 1.2e6, `${page.length - data.length} bytes without the data`);
});

test("the policy allows this page's script and style and nothing else", async () => {
  const page = readFileSync(path, "utf8");
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)[1];
  assert.match(policy, /default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+'; img-src data:/);
  assert.doesNotMatch(policy, /unsafe/);
  await assert.rejects(
    visit(path, async (view) => {
      await view.evaluate(() => {
        const script = document.createElement("script");
        script.textContent = "window.ran = true";
        document.body.append(script);
        document.body.insertAdjacentHTML("beforeend", '<img src="data:," onerror="window.ran = true">');
      });
      await view.waitForTimeout(100);
      assert.equal(await view.evaluate(() => window.ran), undefined);
    }),
    /Content Security Policy/, // what the console says of it
  );
});

test("the sentence on top counts what is found", () =>
  visit(path, async (page) => {
    const right = table.rows.filter((row) => row.best_id.at(-1) === row.target_id).length;
    const lead = await page.locator("h1").innerText();
    assert.match(lead, new RegExp(`finds (all )?${right}\\b`));
    assert.equal(await page.locator(".quote").innerText(), verse);
  }));

test("pointing at a cell shows its best tokens and where the true one stands", () =>
  visit(path, async (page) => {
    const row = table.rows[3];
    const card = await hover(page, 3, 2);
    for (const token of row.top[2]) {
      assert.ok(card.includes(token.token), `${token.token} in ${card}`);
      assert.ok(card.includes(Math.abs(token.z).toFixed(1)), `${token.z} in ${card}`);
    }
    assert.equal(await page.locator(".card tbody tr").count(), 5);
    assert.match(card, /%/);
    assert.ok(card.includes(`of ${table.model.vocab.toLocaleString("en")}`));
    await page.mouse.move(2, 2);
    assert.equal(await page.locator(".card").isHidden(), true);
  }));

test("a click pins a cell and follows its token; another token, unpinning", () =>
  visit(path, async (page) => {
    await clickCell(page, 4, last());
    const panel = page.locator(".panel");
    assert.match(await panel.locator("h2").innerText(), new RegExp(`${table.rows[4].target}\\s+hidden, layer ${last()}`));
    const names = await panel.locator(".curves li").allInnerTexts();
    assert.match(names.join("\n"), /true word/);
    assert.match(names.join("\n"), /best guess of each layer/);
    const other = table.rows[4].top[last()][2].token;
    await panel.locator("table.top button").nth(2).click();
    assert.match(await panel.locator(".curves").innerText(), new RegExp(`${escape(other)}[^]*pinned`));
    await panel.getByRole("radio", { name: "probability" }).click();
    assert.match(await panel.locator(".curves").innerText(), /%/);
    await panel.getByRole("button", { name: "Unpin" }).click();
    assert.match(await panel.innerText(), /Nothing pinned/);
  }));

test("a word's name above the map pins its last layer; a layer's name reads the text there", () =>
  visit(path, async (page) => {
    const point = await cellPoint(page, 2, last());
    const box = await page.locator("canvas.map-canvas").boundingBox();
    await page.mouse.click(point.x, box.y + 8);
    assert.match(await page.locator(".panel h2").innerText(), new RegExp(`${table.rows[2].target}.*layer ${last()}`));
    const low = await cellPoint(page, 0, 1);
    await page.mouse.click(box.x + 20, low.y);
    assert.equal(await page.locator(".where").innerText(), "layer 1");
  }));

test("the keyboard moves, pins and unpins, and says what it is on", () =>
  visit(path, async (page) => {
    await page.getByRole("button", { name: "Unpin" }).click();
    await page.focus(".map-scroll");
    const spoken = () => page.locator("#spoken").innerText();
    await page.keyboard.press("Home");
    assert.match(await spoken(), new RegExp(`^${table.rows[0].target}, layer ${last()}; best guess`));
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowDown");
    assert.match(await spoken(), new RegExp(`^${table.rows[1].target}, layer ${last() - 1};`));
    await page.keyboard.press("PageDown");
    assert.match(await spoken(), /embeddings \(layer 0\)/);
    await page.keyboard.press("End");
    await page.keyboard.press("ArrowRight"); // there is no further one
    await page.keyboard.press("PageUp");
    assert.match(await spoken(), new RegExp(`^${escape(table.rows.at(-1).target)}, layer ${last()}`));
    await page.keyboard.press("Enter");
    assert.match(await page.locator(".panel h2").innerText(), new RegExp(`${escape(table.rows.at(-1).target)}`));
    await page.keyboard.press("Escape");
    assert.match(await page.locator(".panel").innerText(), /Nothing pinned/);
    const ring = await page.evaluate(() => getComputedStyle(document.querySelector(".map-scroll")).outlineStyle);
    assert.equal(ring, "solid");
  }));

test("every choice of colour, scale and settling draws another map", () =>
  visit(path, async (page) => {
    const seen = new Map();
    for (const name of ["Colour", "Scale", "Line at"]) {
      const list = page.getByRole("combobox", { name });
      const options = await list.locator("option").evaluateAll((all) => all.map((option) => option.value));
      assert.ok(options.length >= 3, name);
      for (const option of options) {
        await list.selectOption(option);
        const picture = await pictureOf(page);
        seen.set(picture, `${name} ${option}`);
        assert.match(await page.locator(".explain").innerText(), /layer/);
      }
      await list.selectOption(options[0]);
    }
    assert.ok(seen.size >= 13, [...seen.values()].join(", "));
  }));

test("light and dark follow the system, and the button", () =>
  visit(
    path,
    async (page) => {
      const colour = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      const dark = await colour();
      const picture = await pictureOf(page);
      await page.getByRole("button", { name: "Change to light colours" }).click();
      assert.notEqual(await colour(), dark);
      assert.notEqual(await pictureOf(page), picture);
      await page.getByRole("button", { name: "Change to dark colours" }).click();
      assert.equal(await colour(), dark);
    },
    { scheme: "dark" },
  ));

test("the text can be read at every layer, and played", () =>
  visit(path, async (page) => {
    const slider = page.getByLabel("Layer to read at");
    for (const [k, layer] of table.layers.entries()) {
      await slider.fill(String(k));
      assert.match(await page.locator(".where").innerText(), layer === 0 ? /embeddings/ : new RegExp(`layer ${layer}`));
      const guesses = await page.locator(".reading .guess").allInnerTexts();
      assert.deepEqual(guesses, table.rows.map((row) => row.best[k]));
      const right = table.rows.filter((row) => row.best_id[k] === row.target_id).length;
      assert.match(await page.locator(".score").innerText(), new RegExp(`^${right} of ${table.rows.length}`));
    }
    await page.getByRole("button", { name: "Play" }).click();
    await page.waitForFunction(() => document.querySelector(".where").textContent === "layer 1");
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByText("All layers, one under the other").click();
    await page.locator(".layers li").first().waitFor();
    assert.equal(await page.locator(".layers li").count(), table.layers.length);
    assert.match(await page.locator(".layers li").first().innerText(), new RegExp(`^${last()}`));
  }));

test("every word has a line, and can be pinned from it", () =>
  visit(path, async (page) => {
    const lines = page.locator(".words tbody tr");
    assert.equal(await lines.count(), table.rows.length);
    for (const [i, row] of table.rows.entries()) {
      const text = await lines.nth(i).innerText();
      assert.ok(text.includes(row.best.at(-1)), text);
      assert.match(text, row.settling.target_stable === null ? /never/ : new RegExp(`layer ${row.settling.target_stable}`));
    }
    await lines.nth(5).getByRole("button").click();
    assert.match(await page.locator(".panel h2").innerText(), new RegExp(table.rows[5].target));
    assert.equal(await lines.nth(5).evaluate((line) => line.classList.contains("current")), true);
  }));

test("a table of the document holds what the canvas shows", () =>
  visit(path, async (page) => {
    const cells = page.locator(".data-table td");
    await cells.first().waitFor({ state: "attached" });
    assert.equal(await cells.count(), table.rows.length * table.layers.length);
    assert.match(await cells.first().textContent(), new RegExp(escape(table.rows[0].best.at(-1))));
    await page.getByRole("button", { name: "Table", exact: true }).click();
    assert.equal(await page.locator(".frames").isHidden(), true);
    assert.equal(await cells.first().isVisible(), true);
    await page.getByRole("button", { name: "Table", exact: true }).click();
    assert.equal(await page.locator("canvas.map-canvas").isVisible(), true);
  }));

test("what is downloaded is what the program writes", () =>
  visit(path, async (page) => {
    const download = async (name) => {
      const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name }).click()]);
      return readFileSync(await file.path(), "utf8");
    };
    const withoutRun = (json) => ({ ...json, run: { ...json.run, wall_s: 0 } });
    assert.deepEqual(withoutRun(JSON.parse(await download("Download JSON"))), withoutRun(table));
    const numbers = (csv) => csv.split("\r\n").map((line) => line.split(",").map((cell) => (cell !== "" && !isNaN(cell) ? Number(cell) : cell)));
    const csv = await download("Download CSV");
    assert.deepEqual(numbers(csv), numbers(logitlens("sweep", "demo", verse, "--format", "csv")));
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.getByRole("button", { name: "Copy as CSV" }).click();
    await page.waitForFunction(() => document.querySelector(".said").textContent === "Copied.");
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), csv);
  }));

test("where it comes from is said", () =>
  visit(path, async (page) => {
    const facts = await page.locator(".facts").first().innerText();
    for (const fact of [table.model.id, table.run.version, table.run.isa, table.run.gemm, "none"]) assert.ok(facts.includes(fact), fact);
    await page.getByText("What each statistic is").click();
    assert.match(await page.locator("details .facts").last().innerText(), /kl_to_last/);
    await page.getByText("What is a lens, and what is z?").click();
    assert.match(await page.locator(".about").innerText(), /decided and wrong/);
  }));

test("it prints, in light colours and whole", () =>
  visit(
    path,
    async (page) => {
      const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
      assert.equal(await theme(), "dark");
      await page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
      assert.equal(await theme(), "light");
      await page.emulateMedia({ media: "print" });
      assert.equal(await page.locator(".controls").isHidden(), true);
      assert.equal(await page.locator("canvas.map-canvas").isVisible(), true);
      await page.emulateMedia({ media: "screen" });
      await page.evaluate(() => window.dispatchEvent(new Event("afterprint")));
      assert.equal(await theme(), "dark");
    },
    { scheme: "dark" },
  ));

for (const width of [400, 800, 1280, 1920]) {
  test(`nothing sticks out at ${width} pixels`, () =>
    visit(
      path,
      async (page) => {
        const [content, room] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
        assert.ok(content <= room, `${content} > ${room}`);
      },
      { width },
    ));
}

function escape(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
