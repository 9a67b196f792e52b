// Opens the pages that `gatepass report all` wrote in Chromium, and fails unless they work.
//
//   node report.mjs SCREENSHOT_FOLDER PAGE HOSTILE_PAGE
//
// CHROMIUM names the browser. Nothing is fetched: every request but the page itself is an error.
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [folder, page, hostilePage] = process.argv.slice(2);
if (!hostilePage) throw new Error("usage: node report.mjs SCREENSHOT_FOLDER PAGE HOSTILE_PAGE");
const axeSource = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const failures = [];
const check = (holds, what) => holds || failures.push(what);

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  headless: true,
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
});
try {
  await mkdir(folder, { recursive: true });
  for (const width of [360, 1400]) {
    for (const colorScheme of ["light", "dark"]) {
      const where = `${width} px, ${colorScheme}`;
      const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
      const tab = await open(context, page, where);
      await charts(tab, where);
      await fits(tab, where);
      await tab.screenshot({ path: join(folder, `report-${width}-${colorScheme}.png`), fullPage: true });
      await sorting(tab, where, width);
      await (width > 700 ? keyboard : showingAll)(tab, where);
      await filtering(tab, where);
      await axe(tab, where);
      await context.close();
    }
  }
  await withoutScript();
  await hostile();
} finally {
  await browser.close();
}
failures.forEach((failure) => console.error(`failed: ${failure}`));
console.log(failures.length === 0 ? "the page works" : `${failures.length} checks failed`);
process.exitCode = failures.length === 0 ? 0 : 1;

async function open(context, file, where) {
  const address = pathToFileURL(resolve(file)).href;
  const tab = await context.newPage();
  tab.on("console", (message) => check(!["error", "warning"].includes(message.type()), `${where}: console: ${message.text()}`));
  tab.on("pageerror", (error) => check(false, `${where}: ${error}`));
  tab.on("dialog", (dialog) => { check(false, `${where}: a dialog: ${dialog.message()}`); return dialog.dismiss(); });
  tab.on("request", (request) => check(request.url() === address || request.url().startsWith("data:"), `${where}: request for ${request.url()}`));
  await tab.goto(address);
  return tab;
}

// Bars that are drawn, as long as their numbers say, and told in words to who cannot see them.
async function charts(tab, where) {
  const bars = await tab.locator("figure svg rect.bar").evaluateAll((bars) => bars.map((bar) => bar.getBoundingClientRect().width));
  check(bars.length === 7 && bars[0] > 100, `${where}: the funnel's bars are ${bars}`);
  check(bars.every((bar, n) => n === 0 || bar <= bars[n - 1]), `${where}: the funnel widens: ${bars}`);
  check(await tab.locator("figure svg rect.developer").count() > 0, `${where}: no developer waits in the chart of ages`);
  for (const chart of await tab.locator("figure svg[role=img]").all()) {
    check((await chart.getAttribute("aria-label")).length > 20, `${where}: a chart does not say what it shows`);
  }
  const cells = await tab.locator("table.matrix td").count();
  check(cells > 0 && await tab.locator("table.matrix td.consumer").count() > 0, `${where}: the matrix has ${cells} cells and no Consumer`);
}

async function fits(tab, where) {
  const overflow = await tab.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  check(overflow <= 0, `${where}: the page is ${overflow} px wider than the window`);
}

async function withoutScript() {
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 1400, height: 900 } });
  const tab = await open(context, page, "without script");
  check(await tab.locator("table.rows tbody tr").first().isVisible(), "without script: no row is visible");
  check(await tab.locator("thead button").count() === 0, "without script: there are buttons that do nothing");
  const printed = await tab.pdf({ format: "A4", path: join(folder, "report.pdf") });
  check(printed.length > 1000, "the page cannot be printed");
  await tab.emulateMedia({ media: "print" });
  await tab.setViewportSize({ width: 1032, height: 700 });
  await fits(tab, "print");
  await tab.screenshot({ path: join(folder, "report-print.png"), fullPage: true });
  await context.close();
}

// What strangers typed at sign-up is shown as they typed it, and does nothing.
async function hostile() {
  const context = await browser.newContext({ viewport: { width: 360, height: 900 } });
  const tab = await open(context, hostilePage, "hostile");
  const text = await tab.locator("main").innerText();
  for (const typed of ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>"]) {
    check(text.includes(typed), `hostile: \`${typed}\` is not shown as it was typed`);
  }
  check(await tab.locator("main img, main script, main iframe, main [onerror]").count() === 0, "hostile: what was typed became elements");
  const links = await tab.locator("main a[href]").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
  check(links.every((link) => /^(#|mailto:[^?&]+\?subject=[^&]*&body=[^&]*$)/.test(link)), `hostile: links: ${links.filter((link) => !link.startsWith("#"))}`);
  await fits(tab, "hostile, 360 px");
  await tab.screenshot({ path: join(folder, "hostile-360.png"), fullPage: true });
  await axe(tab, "hostile");
  await context.close();
}

// A heading is reached and used by the keyboard alone.
async function keyboard(tab, where) {
  const head = tab.locator("table.rows thead th").first();
  await head.locator("button").focus();
  const before = await head.getAttribute("aria-sort");
  await tab.keyboard.press("Enter");
  check(await head.getAttribute("aria-sort") !== before, `${where}: Enter on a heading does not sort`);
}

// Each column of the longest table, up and down; equal to what the same order gives here.
async function sorting(tab, where, width) {
  const tables = await tab.locator("table.rows").all();
  check(tables.length > 0, `${where}: there is no table`);
  for (const table of tables) {
    const heads = await table.locator("thead th").all();
    for (const [at, head] of heads.entries()) {
      const button = head.locator("button");
      if (await button.count() === 0) continue;
      const values = () => table.evaluate((table, at) => [...table.tBodies[0].rows].map((row) => row.cells[at].dataset.sort ?? row.cells[at].textContent.trim()), at);
      const numeric = (await head.getAttribute("class")).includes("number");
      const order = new Intl.Collator("en-US", { numeric: true, sensitivity: "base" });
      for (const direction of ["ascending", "descending"]) {
        // On a phone the headings are hidden, and the list above the table sorts.
        if (width < 700) {
          if (direction === "descending") continue;
          await table.evaluate((table, at) => {
            const select = table.parentElement.previousElementSibling.querySelector("select");
            select.value = String(at);
            select.dispatchEvent(new Event("change"));
          }, at);
        } else {
          await button.click();
        }
        check(await head.getAttribute("aria-sort") === direction, `${where}: column ${at} does not say ${direction}`);
        const found = await values();
        const filled = found.filter((value) => value !== "");
        const sign = direction === "ascending" ? 1 : -1;
        const sorted = filled.every((value, n) => n === 0 || sign * (numeric ? filled[n - 1] - value : order.compare(filled[n - 1], value)) <= 0);
        check(sorted, `${where}: column ${at} is not ${direction}: ${found.slice(0, 5)}`);
        check(found.slice(0, filled.length).every((value) => value !== ""), `${where}: column ${at} has blanks before values`);
      }
    }
  }
}

async function filtering(tab, where) {
  const table = tab.locator("table.rows").first();
  const input = tab.locator(".tools input").first();
  const text = (await table.locator("tbody tr").first().locator("td").nth(3).textContent()).trim();
  await input.fill(text);
  const rows = await table.locator("tbody tr:not([hidden])").allTextContents();
  check(rows.length > 0 && rows.every((row) => row.toLowerCase().includes(text.toLowerCase().split(/\s+/)[0])), `${where}: the filter \`${text}\` shows other rows`);
  await input.fill("nobody is called like this");
  check(await table.locator("tbody tr:not([hidden])").count() === 0, `${where}: the filter shows rows without the text`);
  await input.fill("");
}

// On a phone long tables begin short, and show the rest when asked.
async function showingAll(tab, where) {
  check(await tab.locator("button.all:visible").count() > 0, `${where}: no table is long enough to be cut; make the portal larger`);
  for (const button of await tab.locator("button.all").all()) {
    if (!await button.isVisible()) continue;
    const table = button.locator("xpath=preceding-sibling::div[1]//table");
    const rows = table.locator("tbody tr:visible");
    check(await rows.count() === 20, `${where}: ${await rows.count()} rows are shown first`);
    await button.click();
    check(await rows.count() === await table.locator("tbody tr").count(), `${where}: the button does not show all rows`);
  }
}

async function axe(tab, where) {
  // The page's own policy refuses strangers' scripts, so it is run as the debugger runs code.
  await tab.evaluate(axeSource);
  const { violations } = await tab.evaluate(() => window.axe.run(document));
  for (const violation of violations) {
    const nodes = violation.nodes.slice(0, 3).map((node) => node.target.join(" ")).join(", ");
    check(false, `${where}: ${violation.id} (${violation.impact}): ${violation.help} (${nodes})`);
  }
}
