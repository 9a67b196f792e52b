// Opens a page that `gatepass report all` wrote in Chromium, and fails unless it works.
//
//   node report.mjs PAGE [SCREENSHOT_FOLDER]
//
// Needs npm's `playwright-core` (and, for the accessibility check, `axe-core`) where node finds it, and a Chromium:
// CHROMIUM, or /usr/bin/chromium. Nothing is fetched: every request but the page itself is an error.
import { createRequire } from "node:module";
import { mkdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import process from "node:process";

const [page, folder] = process.argv.slice(2);
if (!page) throw new Error("usage: node report.mjs PAGE [SCREENSHOT_FOLDER]");
const require = createRequire(join(process.cwd(), "anywhere.js"));
const { chromium } = require("playwright-core");
const address = pathToFileURL(resolve(page)).href;
const failures = [];
const check = (holds, what) => holds || failures.push(what);

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  headless: true,
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
});
try {
  for (const width of [360, 1400]) {
    for (const colorScheme of ["light", "dark"]) {
      const where = `${width} px, ${colorScheme}`;
      const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
      const tab = await open(context, where);
      check(await tab.locator("figure svg rect.bar").count() > 0, `${where}: the funnel has no bars`);
      const overflow = await tab.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      check(overflow <= 0, `${where}: the page is ${overflow} px wider than the window`);
      if (folder) {
        await mkdir(folder, { recursive: true });
        await tab.screenshot({ path: join(folder, `report-${width}-${colorScheme}.png`), fullPage: true });
      }
      await sorting(tab, where, width);
      await filtering(tab, where);
      await axe(tab, where);
      await context.close();
    }
  }
  const plain = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 1400, height: 900 } });
  const tab = await open(plain, "without script");
  check(await tab.locator("table.rows tbody tr").first().isVisible(), "without script: no row is visible");
  check(await tab.locator("thead button").count() === 0, "without script: there are buttons that do nothing");
  const printed = await tab.pdf({ format: "A4" });
  check(printed.length > 1000, "the page cannot be printed");
  if (folder) {
    await tab.emulateMedia({ media: "print" });
    await tab.screenshot({ path: join(folder, "report-print.png"), fullPage: true });
  }
} finally {
  await browser.close();
}
failures.forEach((failure) => console.error(`failed: ${failure}`));
console.log(failures.length === 0 ? "the page works" : `${failures.length} checks failed`);
process.exitCode = failures.length === 0 ? 0 : 1;

async function open(context, where) {
  const tab = await context.newPage();
  tab.on("console", (message) => check(!["error", "warning"].includes(message.type()), `${where}: console: ${message.text()}`));
  tab.on("pageerror", (error) => check(false, `${where}: ${error}`));
  tab.on("request", (request) => check(request.url() === address || request.url().startsWith("data:"), `${where}: request for ${request.url()}`));
  await tab.goto(address);
  return tab;
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

async function axe(tab, where) {
  let source;
  try {
    source = await readFile(require.resolve("axe-core/axe.min.js"), "utf8");
  } catch {
    console.error(`note: axe-core is not installed; accessibility was not checked (${where})`);
    return;
  }
  // The page's own policy refuses strangers' scripts, so it is run as the debugger runs code.
  await tab.evaluate(source);
  const { violations } = await tab.evaluate(() => window.axe.run(document));
  for (const violation of violations) {
    const nodes = violation.nodes.slice(0, 3).map((node) => node.target.join(" ")).join(", ");
    check(false, `${where}: ${violation.id}: ${violation.help} (${nodes})`);
  }
}
