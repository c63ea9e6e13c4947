// Tables of every kind: several lenses, hostile strings, many words, statistics left out, other vocabularies.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { clickCell, close, hover, launch, visit } from "./browser.mjs";
import { pageOf, stretched, sweep, verse, writePage } from "./pages.mjs";

before(launch);
after(close);

test("lenses are switched, compared and climbed", () => {
  const lenses = ["full", "raw", "norm", "bias"].map((lens) => sweep(verse, "--lens", lens));
  return visit(pageOf(...lenses), async (page) => {
    await page.getByRole("radio", { name: "raw lens" }).click();
    assert.match(await hover(page, 3, 2), new RegExp(`raw lens[^]*${lenses[1].rows[3].best[2].replace(/\W/g, "\\$&")}`));
    await page.getByRole("radio", { name: "full lens" }).click();
    await page.keyboard.press("ArrowRight"); // the arrow keys choose within the group
    assert.equal(await page.getByRole("radio", { name: "raw lens" }).getAttribute("aria-checked"), "true");
    await page.getByRole("radio", { name: "full lens" }).click();

    await page.getByRole("combobox", { name: "Compare with" }).selectOption("1");
    assert.equal(await page.locator("canvas.map-canvas").count(), 2);
    assert.match(await hover(page, 2, 1, 1), /raw lens/);
    assert.match(await hover(page, 2, 1, 0), /full lens/);
    await clickCell(page, 2, lenses[0].layers.length - 1, 1);
    assert.match(await page.locator(".curves").innerText(), /raw lens/);

    const rungs = page.locator(".ladder tbody tr");
    assert.equal(await rungs.count(), lenses[0].layers.length);
    const heads = await page.locator(".ladder thead th").allInnerTexts();
    assert.deepEqual(heads.slice(1).map((head) => head.split("\n")[0].trim()), ["raw lens", "bias lens", "norm lens", "full lens"]);
    const top = await rungs.first().innerText();
    for (const table of lenses) assert.ok(top.includes(table.rows[2].best.at(-1)), top);
    assert.match(await page.locator(".finding").first().innerText(), new RegExp(lenses[0].rows[2].target));
    await page.getByRole("combobox", { name: "Compare with" }).selectOption("");
    assert.equal(await page.locator("canvas.map-canvas").count(), 1);
  });
});

const attacks = [
  "<script>window.ran = 1</script>",
  '"><img src=x onerror="window.ran = 2">',
  "</script><script>window.ran = 3</script>",
  "<!-- <script>",
  "]]>&lt;b&gt;&amp;<svg onload=window.ran=4>",
  "javascript:window.ran=5",
  "'; window.ran = 6; //",
  "{{constructor.constructor('window.ran=7')()}}",
  "\u2028\u2029\u0000\u001b[31m",
];

test("nothing of a text, a vocabulary or a name runs", () => {
  const table = sweep(verse);
  const attack = (i) => attacks[i % attacks.length];
  table.text = attacks.join(" ");
  table.model = { ...table.model, id: attack(1), family: attack(0), source: "/tmp/" + attack(2), sha256: attack(3) };
  table.run = { ...table.run, lens: attack(1), mask: attack(2), version: attack(0), isa: attack(4), gemm: attack(1) };
  table.notes = attacks;
  table.tokens.forEach((token, i) => Object.assign(token, { token: attack(i), text: attack(i + 1) }));
  for (const [i, row] of table.rows.entries()) {
    row.target = attack(i);
    row.best = row.best.map((_, k) => attack(i + k));
    row.top = row.top.map((tokens, k) => tokens.map((token, place) => ({ ...token, token: attack(i + k + place) })));
  }
  const other = { ...table, run: { ...table.run, lens: attack(2) } };
  return visit(pageOf(table, other), async (page) => {
    for (let i = 0; i < table.rows.length; ++i) await hover(page, i, i % table.layers.length);
    await clickCell(page, 0, 1);
    await page.getByText("All layers, one under the other").click();
    await page.getByRole("button", { name: "Table", exact: true }).click();
    await page.waitForTimeout(400);
    assert.equal(await page.evaluate(() => window.ran), undefined);
    assert.equal(await page.locator("img, svg, iframe, object, embed, b").count(), 0);
    assert.equal(await page.locator("script").count(), 4);
    for (const shown of [attacks[0], attacks[1], attacks[2], attacks[3], "\\u2028\\u2029\\x00\\x1b[31m"]) {
      assert.ok((await page.locator("body").innerText()).includes(shown), shown);
    }
  });
});

test("the program's own page keeps hostile text inert", () => {
  const text = `${attacks.slice(0, 5).join(" ")} \u202eabc\u202c`;
  const path = writePage(text);
  return visit(path, async (page) => {
    assert.equal(await page.evaluate(() => window.ran), undefined);
    assert.match(await page.title(), /^<script>window\.ran = 1<\/script>/);
    assert.match(await page.locator(".quote").innerText(), /<img src=x onerror="window.ran = 2">/);
    assert.match(await page.locator(".quote").innerText(), /\\u202eabc\\u202c/); // no reordering
    const page_text = readFileSync(path, "utf8");
    assert.equal(page_text.match(/<script/g).length, 3);
  });
});

test("510 words and 25 layers stay usable", () =>
  visit(pageOf(stretched(sweep(verse), 510, 25)), async (page) => {
    assert.match(await page.locator("h1").innerText(), /of the 510 hidden/);
    assert.match(await hover(page, 300, 20), /layer 20/);
    await page.getByRole("radio", { name: "Words", exact: true }).click();
    await page.focus(".map-scroll");
    await page.keyboard.press("End");
    await page.keyboard.press("Enter");
    assert.ok((await page.evaluate(() => document.querySelector(".map-scroll").scrollLeft)) > 10000);
    assert.equal(await page.locator(".words tbody tr").count(), 510);
    assert.equal(await page.locator(".words tr.current td").first().innerText(), "510");
    await page.getByText("All layers, one under the other").click();
    await page.locator(".layers li").first().waitFor();
    assert.equal(await page.locator(".layers li").count(), 25);
    await page.getByRole("radio", { name: "Whole map" }).click();
    assert.equal(await page.evaluate(() => document.querySelector(".map-scroll").scrollLeft), 0);
  }));

test("a text without words, and gaps without an answer", async () => {
  await visit(writePage(""), async (page) => {
    assert.match(await page.locator("h1").innerText(), /nothing to see/);
    assert.match(await page.locator(".facts").first().innerText(), /demo/);
  });
  await visit(writePage("In the [MASK] God created the [MASK]."), async (page) => {
    assert.match(await page.locator("h1").innerText(), /fills the 2 gaps with/);
    assert.match(await hover(page, 0, 1), /not known/);
    assert.match(await page.locator(".words tbody tr").first().innerText(), /layer \d|\u2013|never/);
  });
});

test("some statistics only, some layers only, nothing masked", async () => {
  for (const statistics of ["best_id", "best_z", "entropy,top", "target_rank,kl_to_last", "mean", "top"]) {
    await visit(writePage(verse, "--stats", statistics), async (page) => {
      await hover(page, 1, 1);
      await clickCell(page, 1, 1);
      assert.match(await page.locator(".panel h2").innerText(), /layer 1/);
    });
  }
  await visit(writePage(verse, "--layers", "2-3"), async (page) => {
    assert.match(await page.locator("h1").innerText(), /^At layer 3 of/);
    assert.match(await hover(page, 1, 0), /layer 2/);
  });
  await visit(writePage(verse, "--layers", "2"), (page) => hover(page, 1, 0));
  await visit(writePage(verse, "--mask", "none"), async (page) => {
    assert.doesNotMatch(await page.locator("h1").innerText(), /hidden/);
  });
});

test("a value that is missing is not a colour", () => {
  const table = sweep(verse);
  table.rows[2].best_z = table.rows[2].best_z.map(() => null);
  table.rows[2].top = table.rows[2].top.map((tokens) => tokens.map((token) => ({ ...token, z: null, logprob: null })));
  return visit(pageOf(table), async (page) => {
    await hover(page, 2, 1);
    await clickCell(page, 2, 1);
  });
});

test("a statistic that the page has never heard of is shown by its name", () => {
  const table = sweep(verse);
  for (const row of table.rows) row.surprise = table.layers.map((layer) => layer / 3);
  return visit(pageOf(table), async (page) => {
    await page.getByRole("combobox", { name: "Colour" }).selectOption("surprise");
    assert.match(await page.locator(".explain").innerText(), /surprise/);
    assert.match(await hover(page, 1, 3), /surprise: 1\.0/);
  });
});

test("byte-level pieces of a decoder are read as text, a token ahead", () => {
  const table = sweep(verse, "--mask", "none");
  const letters = ["Hello", "\u0120w\u00c3\u00b6rld", "\u0120\u00e4\u00bd\u0142", "!"];
  table.text = "Hello w\u00f6rld \u4f60!";
  const bytes = [0, 5, 12, 16, 17];
  table.run = { ...table.run, predicts: "next" };
  table.tokens = letters.map((token, i) => ({ position: i, id: 900 + i, token, text: table.text, start: bytes[i], end: bytes[i + 1], special: false }));
  table.rows = table.rows.slice(0, 4).map((row, i) => ({
    ...row,
    position: i,
    masked_with: [],
    target_id: i < 3 ? 901 + i : null,
    target: i < 3 ? letters[i + 1] : null,
    best_id: row.best_id.map(() => 901 + i),
    best: row.best.map(() => letters[i + 1] ?? "\u0120!"),
  }));
  return visit(pageOf(table), async (page) => {
    assert.match(await page.locator(".reading").innerText(), /^Hello w\u00f6rld \u4f60!/);
    assert.match(await page.locator(".words").innerText(), /\u2423w\u00f6rld/);
  });
});

test("words of several pieces are counted as words", () => {
  const table = sweep(verse);
  table.run = { ...table.run, mask: "words" };
  const never = table.layers.map(() => false);
  table.words = [
    { text: "In the", best_is_target: table.layers.map(() => true), best: table.layers.map(() => "in the"), target_stable: 0 },
    { text: "beginning", best_is_target: never, best: table.layers.map(() => "lord"), target_stable: null },
  ];
  return visit(pageOf(table), async (page) => {
    assert.match(await page.locator("h1").innerText(), /finds 1 of the 2 hidden words.*beginning: its final guess there is lord/);
  });
});

test("two texts are read one under the other", () => {
  const table = sweep("In the beginning");
  const second = sweep("the heaven");
  table.text_second = second.text;
  const shift = table.tokens.length - 1;
  table.tokens.push(...second.tokens.slice(1).map((token) => ({ ...token, position: token.position + shift, part: 1 })));
  table.rows.push(...second.rows.map((row) => ({ ...row, position: row.position + shift })));
  return visit(pageOf(table), async (page) => {
    const guesses = table.rows.map((row) => row.best.at(-1));
    assert.deepEqual(await page.locator(".reading .guess").allInnerTexts(), guesses);
    assert.equal(await page.locator(".reading br").count(), 1);
    assert.match(await page.locator(".quote").innerText(), /In the beginning[^]*the heaven/);
  });
});

test("kinds of words, followed tokens and further definitions are shown where a table has them", () => {
  const table = sweep(verse);
  const settled = table.layers.map((layer) => (layer === 2 ? 3 : 0));
  table.findings.classes = {
    word_list: "english",
    groups: [
      { name: "grammar", rows: 3, settled, never: 0, median: 2 },
      { name: "content", rows: 4, settled: table.layers.map(() => 0), never: 4, median: null },
    ],
    mann_whitney: { u: 12, p: 0.03 },
  };
  for (const row of table.rows) {
    row.settling.my_own = 3;
    row.tracked = [{ id: 77, token: "followed", logprob: table.layers.map(() => -1), z: table.layers.map(() => 4.5) }];
  }
  return visit(pageOf(table), async (page) => {
    assert.match(await page.locator("#classes-title + .finding").innerText(), /grammar words settle earlier: half of the grammar words have settled by layer 2; half or more of the content words never settle/);
    await clickCell(page, 1, 1);
    assert.match(await page.locator(".curves").innerText(), /followed\s*asked for\s*4\.5/);
    await page.getByRole("combobox", { name: "Line at" }).selectOption("my_own");
    assert.match(await page.locator(".words tbody tr").first().innerText(), /layer 3/);
    await page.getByRole("button", { name: /colours/ }).click();
  });
});

test("states within a layer are named", () => {
  const table = sweep(verse);
  table.taps = table.layers.map((_, i) => (i % 2 === 1 ? "attention_norm" : "layer"));
  table.layers = table.layers.map((_, i) => Math.ceil(i / 2));
  return visit(pageOf(table), async (page) => {
    assert.match(await hover(page, 1, 3), /layer 2, attention norm/);
    assert.match(await hover(page, 1, 4), /layer 2$/m);
  });
});
