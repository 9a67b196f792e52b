// Uses the example as its people would, in Chromium, and fails unless every page says what it should.
//
//   node test/drive.mjs SCREENSHOT_FOLDER
//
// CHROMIUM names the browser; KONNECT_BASE_URL and its sisters the portal. `cargo xtask portal --test`
// sets them all.
import assert from "node:assert/strict";
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { Portal, exportPortal } from "gatepass";
import { build, createServer, preview } from "vite";
import { REFUSED, STATES } from "./expected.mjs";

const folder = process.argv[2];
assert.ok(folder, "usage: node test/drive.mjs SCREENSHOT_FOLDER");
const axeSource = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const root = new URL("..", import.meta.url).pathname;
const quiet = { root, logLevel: "warn" };

await mkdir(folder, { recursive: true });
await build(quiet);
const built = await preview({ ...quiet, preview: { port: 0 } });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
});
try {
  const url = built.resolvedUrls.local[0];
  await refusals(url);
  await states(url);
  await registering(url);
  await admin(url);
  await looks(url);
  const development = await createServer({ ...quiet, server: { port: 0 } });
  await development.listen();
  await worksInDevelopment(development.resolvedUrls.local[0]);
  await development.close();
} finally {
  await browser.close();
  await built.close();
}
console.log("the portal works");

async function open(url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  page.on("pageerror", (error) => assert.fail(`the page threw: ${error}`));
  page.on("console", (message) => {
    // The browser itself tells of each answer of 4xx; what the page makes of it is checked below.
    const expected = message.text().startsWith("Failed to load resource");
    assert.ok(expected || !["error", "warning"].includes(message.type()), `console: ${message.text()}`);
  });
  page.on("request", (request) => assert.match(request.url(), /^(http:\/\/127\.0\.0\.1:|http:\/\/localhost:|data:)/, "nothing is fetched from elsewhere"));
  await page.goto(url);
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  return page;
}

async function signIn(page, name) {
  await page.getByRole("button", { name }).click();
  await page.getByRole("heading", { name: name === "Portal admin" ? "Waiting for approval" : "APIs" }).waitFor();
}

async function signOut(page) {
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
}

/** Whoever may not sign in is told why. */
async function refusals(url) {
  const page = await open(url);
  for (const [name, text] of Object.entries(REFUSED)) {
    await page.getByRole("button", { name }).click();
    await page.getByRole("alert").filter({ hasText: text }).waitFor({ timeout: 5000 }).catch(async () => {
      assert.equal(await page.getByRole("alert").allInnerTexts().then(String), text, name);
    });
  }
  await page.screenshot({ path: join(folder, "portal-sign-in.png") });
  await page.context().close();
}

/** What a card says: its verdicts by code, with all their text. */
function verdicts(card) {
  return card.locator(".verdict").evaluateAll((all) =>
    all.map((one) => ({ code: one.dataset.code, text: [...one.children].map((part) => part.textContent.trim()).join(" | ") })),
  );
}

/** Every developer, with each of their applications, before each API. */
async function states(url) {
  const page = await open(url);
  const portal = await wholePortal();
  let pairs = 0;
  for (const [name, cards] of Object.entries(STATES)) {
    await signIn(page, name);
    for (const { application, api, expected } of cards) {
      await page.getByLabel("For the application").selectOption({ label: application });
      const card = page.getByRole("article", { name: api });
      assert.deepEqual(await verdicts(card), expected, `${name}, ${application}, ${api}`);
    }
    pairs += await sameAsTheWhole(page, portal);
    await page.screenshot({ path: join(folder, `portal-${name.split(" ")[0].toLowerCase()}.png`), fullPage: true });
    await signOut(page);
  }
  assert.ok(pairs > 30, `only ${pairs} pairs of an application and an API were looked at`);
  await page.context().close();
}

/** What the admin's side knows: statuses, teams and roles, which no page of a developer sees. */
async function wholePortal() {
  const { KONNECT_BASE_URL: baseUrl, KONNECT_REGION: region, KONNECT_TOKEN: token, KONNECT_PORTAL: portalName } = process.env;
  return Portal.parse((await exportPortal({ baseUrl, region, token, portalName, api: "v2" })).snapshot, { allowPartial: true });
}

/** A page that knows only the developer's own objects comes to the same decision as the whole portal. */
async function sameAsTheWhole(page, portal) {
  const { applications, resources } = portal.contents();
  let pairs = 0;
  for (const option of await page.getByLabel("For the application").locator("option").all()) {
    const value = await option.getAttribute("value");
    const application = applications.find(({ id }) => id === value);
    await page.getByLabel("For the application").selectOption(application.id);
    for (const card of await page.getByRole("article").all()) {
      const id = await card.getAttribute("data-version");
      const { name } = resources.find((resource) => resource.id === id);
      const [shown] = (await verdicts(card)).slice(-1);
      const action = shown.text.startsWith("Call") ? "consume" : "register";
      const { reason } = portal.decide({ action, application_id: application.id, resource_id: id });
      assert.equal(shown.code, reason ?? "allowed", `${application.name}, ${name}, ${action}`);
      pairs += 1;
    }
  }
  return pairs;
}

/** A registration is made by its developer, approved by the admin, and then calls. */
async function registering(url) {
  const page = await open(url);
  await signIn(page, "Ada Stern");
  await page.getByLabel("For the application").selectOption({ label: "Loyalty" });
  const card = page.getByRole("article", { name: "Orders v2" });
  await card.getByRole("button", { name: "Register Loyalty" }).click();
  await page.getByRole("status").filter({ hasText: "Loyalty is registered for Orders v2: pending." }).waitFor();
  await card.locator('[data-code="registration_pending"]').waitFor();
  await signOut(page);

  await signIn(page, "Portal admin");
  const row = page.getByRole("row").filter({ hasText: "Loyalty" }).filter({ hasText: "Orders v2" });
  await row.getByRole("button", { name: "Approve" }).click();
  await page.getByRole("status").filter({ hasText: "1 change made" }).waitFor();
  // What was approved waits no longer; the page says that it is done before it has drawn the list again.
  await row.waitFor({ state: "detached" });
  await signOut(page);

  await signIn(page, "Ada Stern");
  await page.getByRole("button", { name: "My applications" }).click();
  const registration = page.getByRole("region", { name: "Loyalty" }).locator(".registration").filter({ hasText: "Orders v2" });
  assert.equal((await verdicts(registration))[0].code, "allowed");
  const withdrawn = page.getByRole("region", { name: "Storefront" }).locator(".registration").filter({ hasText: "Archive v1" });
  assert.equal((await verdicts(withdrawn))[0].code, "resource_unpublished");
  await page.screenshot({ path: join(folder, "portal-applications.png"), fullPage: true });
  await page.context().close();
}

/** The reports have their charts, and say in words what they show. */
async function admin(url) {
  const page = await open(url);
  await signIn(page, "Portal admin");
  await page.locator("figure svg").nth(2).waitFor();
  for (const caption of await page.locator("figcaption").allInnerTexts()) assert.ok(caption.split("\n")[1]?.length > 15, caption);
  assert.equal(await page.locator("figure").first().locator("svg rect").count(), 7, "one bar for each step");
  await page.screenshot({ path: join(folder, "portal-admin.png"), fullPage: true });
  await page.context().close();
}

/** On a phone and a desk, by day and by night: nothing sticks out, and axe has nothing serious to say. */
async function looks(url) {
  for (const [width, colorScheme] of [[360, "light"], [1280, "dark"]]) {
    const page = await open(url, { viewport: { width, height: 900 }, colorScheme });
    await accessible(page, "sign in");
    await signIn(page, "Ada Stern");
    await accessible(page, "catalogue");
    await page.getByRole("button", { name: "My applications" }).click();
    await accessible(page, "applications");
    await signOut(page);
    await signIn(page, "Portal admin");
    await page.locator("figure svg").nth(2).waitFor();
    await accessible(page, "admin");
    await page.screenshot({ path: join(folder, `portal-admin-${width}-${colorScheme}.png`), fullPage: true });
    await page.context().close();
  }
}

async function accessible(page, where) {
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(overflow <= 0, `${where}: the page is ${overflow} px wider than the window`);
  // Past the page's own policy, which forbids scripts of others.
  const { violations } = await page.evaluate(`${axeSource}; axe.run(document, { resultTypes: ["violations"] })`);
  const grave = violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
  assert.deepEqual(grave.map(({ id, nodes }) => `${id}: ${nodes[0].html}`), [], where);
}

async function worksInDevelopment(url) {
  const page = await open(url);
  await signIn(page, "Hal Weiss");
  await page.getByRole("article", { name: "Payments v1" }).locator('[data-code="allowed"]').waitFor();
  await page.context().close();
}
