// Exports and plans against the emulator of Konnect, over real HTTP.

import assert from "node:assert/strict";
import { test } from "node:test";
import { GatepassError, Portal, apply, approvals, exportPortal } from "../dist/index.js";
import { konnect } from "./support/emulator.mjs";

const code = (expected) => (error) => {
  assert.ok(error instanceof GatepassError, String(error?.stack ?? error));
  assert.equal(error.code, expected, error.message);
  assert.ok(!error.message.includes("kpat"), "the token is nobody's business");
  return true;
};

for (const api of ["v2", "v3"]) {
  test(`a ${api} portal is exported whole, by id and by name`, async () => {
    const options = await konnect("--seed", "small", "--api", api);
    let told = 0;
    const { snapshot, partial } = await exportPortal({ ...options, onProgress: ({ requests }) => (told = requests) });
    assert.deepEqual(partial, []);
    assert.ok(told > 5);
    const portal = Portal.parse(snapshot);
    assert.equal(portal.completeness, "complete");
    assert.equal(portal.id, options.portalId);
    assert.equal(portal.region, "eu");
    assert.ok(portal.contents().developers.length > 3);
    const { portalId, ...byName } = options;
    const again = await exportPortal({ ...byName, portalName: options.name, concurrency: 1 });
    const lists = ({ exported_at, ...rest }) => rest;
    assert.deepEqual(lists(JSON.parse(again.snapshot)), lists(JSON.parse(snapshot)));
  });
}

test("errors and delays of the server are overcome, and lasting ones told", async () => {
  const faults = JSON.stringify({ seed: 3, errors: { rate: 0.1 } });
  const options = await konnect("--seed", "small", "--faults", faults);
  const { snapshot } = await exportPortal(options);
  assert.equal(Portal.parse(snapshot).completeness, "complete");
  await assert.rejects(exportPortal({ ...options, token: "kpat_wrong" }), code("request_failed"));
  await assert.rejects(exportPortal({ ...options, portalId: undefined, portalName: "Nobody" }), code("portal_unknown"));
  await assert.rejects(exportPortal({ ...options, token: " " }), code("value_missing"));
  await assert.rejects(exportPortal({ ...options, baseUrl: "http://konnect.example" }), code("value_invalid"));
  await assert.rejects(exportPortal({ ...options, baseUrl: undefined, region: "eu.evil.test/" }), code("value_invalid"));
});

test("an export ends when its signal says so", async () => {
  const options = await konnect("--seed", "small");
  const control = new AbortController();
  const reason = new Error("enough");
  const onProgress = () => control.abort(reason);
  await assert.rejects(exportPortal({ ...options, signal: control.signal, onProgress }), (error) => error === reason);
});

test("the token goes to the named server only", async () => {
  const options = await konnect("--seed", "small");
  const seen = [];
  const fetch = (url, init) => {
    seen.push([new URL(url).origin, init.redirect, init.credentials]);
    return globalThis.fetch(url, init);
  };
  await exportPortal({ ...options, fetch });
  for (const call of seen) assert.deepEqual(call, [options.baseUrl, "manual", "omit"]);
});

test("approvals are planned, shown, carried out, and done once", async () => {
  const options = await konnect("--developers", "60", "--teams", "5", "--applications", "20", "--registrations", "20");
  const read = async () => Portal.parse((await exportPortal(options)).snapshot);
  const before = await read();
  const waiting = before.contents().developers.filter((developer) => developer.status === "pending");
  assert.ok(waiting.length > 0);
  const domains = [...new Set(waiting.map((developer) => approvals.domainOf(developer.email)))];
  const { teams } = before.contents();
  const rules = { emails_verified_by: "portal", require_ready_team: false, trusted: domains.map((domain) => ({ domain, team: teams[0].id })) };
  assert.deepEqual(before.checkRules(rules).filter((problem) => problem.severity === "error"), []);
  assert.throws(() => before.planApprovals({ ...rules, trusted: [{ domain: domains[0], team: "Nobody" }] }), code("rules_refused"));
  const plan = before.planApprovals(rules);
  assert.match(plan.snapshot_sha256, /^[0-9a-f]{64}$/);
  const dry = await apply(plan, options);
  assert.equal(dry.summary, null);
  assert.ok(dry.outline.length >= waiting.length);
  assert.equal((await read()).contents().developers.filter((developer) => developer.status === "pending").length, waiting.length);

  const entries = [];
  const journal = { read: () => entries, append: (more) => void entries.push(...more) };
  const { summary } = await apply(plan, { ...options, yes: true, journal });
  assert.equal(summary.success, true, JSON.stringify(summary));
  assert.ok(summary.made >= waiting.length);
  const after = await read();
  assert.equal(after.contents().developers.filter((developer) => developer.status === "pending").length, 0);
  const again = await apply(plan, { ...options, yes: true, journal });
  assert.equal(again.summary.made, 0, "the journal says that all is done");
  await assert.rejects(apply({ ...plan, subjects: [] }, { ...options, yes: true, journal }), code("journal_other"));
});
