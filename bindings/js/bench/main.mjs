// `cargo xtask js --bench`: what the package weighs, how soon it answers, and decisions a second beside others.
//
// The peers decide the same question, strict `consume`, from facts that were joined for them: application approved,
// owner approved, resource published, registration approved, role Consumer. Gatepass joins the facts itself, from a
// portal with all its developers, teams and roles, and explains; the peers answer yes or no. Setting up (parsing the
// snapshot, building abilities, loading models and policies) is not counted for anybody.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { AbilityBuilder, createMongoAbility, subject } from "@casl/ability";
import * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import { newEnforcer, newModelFromString, StringAdapter } from "casbin";
import { Portal } from "../dist/index.js";
import { accessFor } from "../dist/view.js";
import { launch, serve } from "../test/support/browser.mjs";

const here = fileURLToPath(new URL("..", import.meta.url));
const ROUNDS = 7;
const MILLISECONDS = 300;

const spread = (values, digits = 1) => {
  const sorted = [...values].sort((one, other) => one - other);
  const shown = (value) => value.toFixed(digits);
  return `${shown(sorted[sorted.length >> 1])} (${shown(sorted[0])}–${shown(sorted.at(-1))})`;
};
const table = (headings, rows) => {
  console.log(`\n| ${headings.join(" | ")} |\n|${headings.map(() => "---|").join("")}`);
  for (const row of rows) console.log(`| ${row.join(" | ")} |`);
};

table(["file", "bytes", "gzip", "brotli"], ["dist/view.wasm", "dist/view.js", "dist/gatepass.wasm", "dist/index.js", "dist/slim.js"].map((file) => {
  const bytes = readFileSync(here + file);
  return [file, bytes.length, gzipSync(bytes, { level: 9 }).length, brotliCompressSync(bytes).length];
}));

// From import to the first decision, each time in a fresh process or page.
const snapshot = readFileSync(new URL("../../../tests/vectors/snapshots/gateway.json", import.meta.url), "utf8");
const view = { portal: { rbac_enabled: true, is_public: false }, actions: { view: true, register: true }, application: { id: "1", name: "App" },
  registration: { status: "approved" }, resource: { id: "2", name: "Orders" } };
const firsts = {
  "gatepass/view": ["view.js", `const { accessFor } = await import(url); accessFor(${JSON.stringify(view)});`],
  gatepass: ["index.js", `const { Portal } = await import(url); const portal = Portal.parse(${JSON.stringify(snapshot)});
    portal.decide({ application_id: portal.contents().applications[0].id, resource_id: portal.contents().resources[0].id });`],
};
const timed = (url, first) => `const url = ${JSON.stringify(url)}, began = performance.now(); ${first}`;
const server = await serve(`${here}dist`);
const browser = await launch();
const waits = [];
for (const [entry, [file, first]] of Object.entries(firsts)) {
  const [inNode, inChromium] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    const script = `${timed(new URL(`../dist/${file}`, import.meta.url).href, first)} console.log(performance.now() - began);`;
    inNode.push(Number(execFileSync(process.execPath, ["--input-type=module", "-e", script])));
    const page = await browser.newPage();
    await page.goto(`${server.url}/types.d.ts`);
    inChromium.push(await page.evaluate(`(async () => { ${timed(`/${file}`, first)} return performance.now() - began; })()`));
    await page.close();
  }
  waits.push([`\`${entry}\``, spread(inNode), spread(inChromium)]);
}
await browser.close();
server.close();
table(["from import to the first decision, ms: median (fastest–slowest)", "Node.js, new process", "Chromium, new page"], waits);

// Decisions a second.
const portal = Portal.parse(snapshot);
const { applications, resources } = portal.contents();
const questions = applications.flatMap((application) => resources.map((resource) => ({ application_id: application.id, resource_id: resource.id })));
const denied = portal.decideMany(questions);
const facts = denied.map(({ decision, blockers }) => {
  const blocked = (prefix) => blockers.some((code) => code.startsWith(prefix));
  return { allow: decision === "allow", application: blocked("application_") ? "pending" : "approved", owner: blocked("developer_") || blocked("owner_") ? "revoked" : "approved",
    resource: blocked("resource_") ? "unpublished" : "published", registration: blocked("registration_") ? "pending" : "approved", role: blocked("role_") ? "viewer" : "consumer" };
});

const { can, build } = new AbilityBuilder(createMongoAbility);
can("consume", "Access", { application: "approved", owner: "approved", resource: "published", registration: "approved", role: "consumer" });
const ability = build();
const things = facts.map((fact) => subject("Access", { ...fact }));

const enforcer = await newEnforcer(newModelFromString(`
[request_definition]
r = sub, act
[policy_definition]
p = act
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.act == p.act && r.sub.application == "approved" && r.sub.owner == "approved" && r.sub.resource == "published" && r.sub.registration == "approved" && r.sub.role == "consumer"
`), new StringAdapter("p, consume"));

cedar.preparsePolicySet("rule", { staticPolicies: `permit(principal, action == Action::"consume", resource) when {
  context.application == "approved" && context.owner == "approved" && context.resource == "published" &&
  context.registration == "approved" && context.role == "consumer" };` });
const asked = facts.map(({ allow, ...context }, at) => ({ principal: { type: "Application", id: String(at) }, action: { type: "Action", id: "consume" },
  resource: { type: "Api", id: String(at) }, context, preparsedPolicySetId: "rule", entities: [] }));

const peers = {
  "gatepass `decide` (joins, decides, explains)": (at) => portal.decide(questions[at]).decision === "allow",
  "@casl/ability `can` (facts given)": (at) => ability.can("consume", things[at]),
  "casbin `enforceSync` (facts given)": (at) => enforcer.enforceSync(facts[at], "consume"),
  "@cedar-policy/cedar-wasm `statefulIsAuthorized` (facts given)": (at) => cedar.statefulIsAuthorized(asked[at]).response.decision === "allow",
};
const rates = Object.fromEntries(Object.keys(peers).map((name) => [name, []]));
for (const [name, decide] of Object.entries(peers)) {
  for (let at = 0; at < facts.length; at += 1) {
    if (decide(at) !== facts[at].allow) throw new Error(`${name} decides otherwise about question ${at}`);
  }
}
rates["gatepass `decideMany`, all questions at once"] = [];
rates["gatepass `accessFor` (see, register and call of a page's objects)"] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  for (const [name, decide] of Object.entries(peers)) {
    let count = 0;
    const began = performance.now();
    while (performance.now() - began < MILLISECONDS) {
      for (let at = 0; at < facts.length; at += 1) decide(at);
      count += facts.length;
    }
    rates[name].push(count / (performance.now() - began));
  }
  const others = {
    "gatepass `decideMany`, all questions at once": () => portal.decideMany(questions).length,
    "gatepass `accessFor` (see, register and call of a page's objects)": () => Number(accessFor(view).call.allowed),
  };
  for (const [name, work] of Object.entries(others)) {
    let count = 0;
    const began = performance.now();
    while (performance.now() - began < MILLISECONDS) count += work();
    rates[name].push(count / (performance.now() - began));
  }
}
table(["decides", "thousand decisions a second: median (slowest–fastest)"], Object.entries(rates).map(([name, values]) => [name, spread(values)]));
