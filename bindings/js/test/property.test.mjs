// Whatever is put in: an answer or a GatepassError, never a trap, never a hang, and everything works on.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import * as gatepass from "../dist/index.js";
import { application_id, resource_id, snapshot } from "./support/portal.mjs";

const runs = process.env.GATEPASS_SOAK ? 20_000 : 300;
const { GatepassError, Portal } = gatepass;
const small = JSON.parse(snapshot("small"));

/** JSON of any kind, with the words that the module knows here and there. */
const words = ["action", "policy", "application_id", "resource_id", "developer_id", "report", "now", "changes", "change",
  "portal", "actions", "registration", "resource", "status", "consume", "strict", application_id, resource_id,
  "2026-11-22T10:00:00Z", "funnel", "approve_developer", "__proto__", "toJSON", "constructor"];
const word = fc.oneof(fc.constantFrom(...words), fc.string(), fc.string({ unit: "binary" }));
const { value: anything } = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 6, depthSize: "small" }, fc.constant(null), fc.boolean(), fc.double(), fc.integer(), word,
    fc.array(tie("value"), { maxLength: 5 }), fc.dictionary(word, tie("value"), { maxKeys: 6 }),
    fc.constantFrom(undefined, Symbol("odd"), 1n, () => 1, NaN, new Date(NaN), Object.create(null))),
}));

const portal = Portal.parse(small);
const calls = {
  "Portal.parse": (input) => Portal.parse(input, input).free(),
  decide: (input) => portal.decide(input),
  decideMany: (input) => portal.decideMany(input),
  explain: (input) => portal.explain(input),
  report: (input) => portal.report(typeof input === "string" ? input : "developers", input),
  whatIf: (input) => portal.whatIf(input).free(),
  toBundle: (input) => portal.toBundle(input),
  bundleTimestamp: (input) => portal.bundleTimestamp(input),
  accessFor: (input) => gatepass.accessFor(input),
};

for (const [name, call] of Object.entries(calls)) {
  test(name, () => {
    fc.assert(fc.property(anything, (input) => {
      try {
        call(input);
      } catch (error) {
        assert.ok(error instanceof GatepassError, `${name}: ${error?.stack ?? error}`);
        assert.notEqual(error.code, "module_failed");
      }
    }), { numRuns: runs });
    assert.equal(portal.decide({ application_id, resource_id }).reason, "registration_pending");
  });
}

test("Portal.parse of a snapshot with something odd in it", () => {
  const places = Object.keys(small);
  fc.assert(fc.property(fc.constantFrom(...places), anything, fc.boolean(), (place, input, allowPartial) => {
    try {
      const odd = Portal.parse({ ...small, [place]: input }, { allowPartial });
      odd.decide({ application_id, resource_id });
      for (const name of gatepass.reportNames()) odd.report(name, { now: "2026-11-25T12:00:00Z" });
      odd.free();
    } catch (error) {
      assert.ok(error instanceof GatepassError, `${place}: ${error?.stack ?? error}`);
      assert.notEqual(error.code, "module_failed");
    }
  }), { numRuns: runs });
});

test("exportPortal and collectPages", async () => {
  await fc.assert(fc.asyncProperty(anything, async (input) => {
    for (const call of [() => gatepass.exportPortal(input), () => gatepass.collectPages(() => input)]) {
      try {
        await call();
      } catch (error) {
        assert.ok(error instanceof GatepassError, String(error?.stack ?? error));
      }
    }
  }), { numRuns: runs });
});

test("deep nesting is refused, not a trap", () => {
  for (const depth of [64, 1000, 200_000]) {
    for (const [open, close] of [["[", "]"], ['{"portal":', "}"]]) {
      const text = open.repeat(depth) + "1" + close.repeat(depth);
      assert.throws(() => Portal.parse(text), GatepassError);
    }
  }
  assert.equal(portal.decide({ application_id, resource_id }).reason, "registration_pending");
});
