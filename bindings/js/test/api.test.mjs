import assert from "node:assert/strict";
import { test } from "node:test";
import { GatepassError, Portal, accessFor, catalogue, collectPages, reasons, reportNames, translate, translateNextStep, validate, version } from "../dist/index.js";
import { application_id, resource_id, snapshot } from "./support/portal.mjs";

const small = snapshot("small");
const refused = (code, path = "") => (error) => {
  assert.ok(error instanceof GatepassError, String(error));
  assert.equal(error.code, code);
  assert.equal(error.path, path);
  return true;
};

test("a snapshot is read from bytes, text and an object alike", () => {
  const inputs = [small, small.toString(), JSON.parse(small), new Uint8Array(small).buffer, new DataView(new Uint8Array(small).buffer)];
  for (const input of inputs) {
    const portal = Portal.parse(input);
    assert.equal(portal.decide({ application_id, resource_id }).reason, "registration_pending");
    assert.equal(portal.completeness, "complete");
    assert.equal(portal.asOf, "2026-11-22T10:00:00Z");
    portal.free();
  }
});

test("a decision is explained, and its fixes hold", () => {
  const portal = Portal.parse(small);
  const decision = portal.explain({ application_id, resource_id });
  assert.match(decision.text, /^deny: registration of application `App 1` for `Orders v1` is waiting/);
  assert.deepEqual(decision.fixes.map((fix) => fix.change), ["approve_registration", "assign_role"]);
  const after = portal.whatIf(decision.fixes.map(({ executable, ...change }) => change));
  assert.equal(after.decide({ application_id, resource_id }).decision, "allow");
  assert.equal(portal.decide({ application_id, resource_id }).decision, "deny", "the first portal is as it was");
});

test("many questions are answered in order, errors in their place", () => {
  const portal = Portal.parse(small);
  const [good, bad] = portal.decideMany([{ application_id, resource_id }, { application_id: "1", resource_id }]);
  assert.equal(good.decision, "deny");
  assert.deepEqual(bad, { error: { code: "uuid_invalid", path: "/application_id", message: "`1` is not a UUID" } });
});

test("every report can be made, and twice gives the same", () => {
  const portal = Portal.parse(snapshot("gateway"));
  for (const name of reportNames()) {
    const report = portal.report(name, { now: new Date("2026-11-25T12:00:00Z") });
    assert.equal(report.report, name);
    assert.equal(report.now, "2026-11-25T12:00:00Z");
    assert.deepEqual(portal.report(name, { now: "2026-11-25T12:00:00Z" }), report);
  }
});

test("a bundle is made", () => {
  const portal = Portal.parse(snapshot("gateway"));
  const bundle = portal.toBundle({ policy: "konnect" });
  assert.ok(bundle instanceof Uint8Array && bundle.length > 100);
  assert.match(portal.bundleTimestamp({ audience: "edge" }).content_digest, /^[0-9a-f]{64}$/);
});

test("errors say what is wrong, all of it", () => {
  assert.throws(() => Portal.parse({}), (error) => {
    refused("snapshot_refused", "/format")(error);
    assert.ok(error.problems.length >= 3 && error.problemCount === error.problems.length);
    assert.equal(error.problems[0].severity, "error");
    return true;
  });
  const portal = Portal.parse(small);
  assert.throws(() => portal.decide({ application_id: "1", resource_id }), refused("uuid_invalid", "/application_id"));
  assert.throws(() => portal.report("funnel", {}), refused("body_invalid", "/now"));
  assert.throws(() => portal.report("funnel"), refused("body_invalid", "/now"));
  assert.throws(() => portal.report("funnel", { now: new Date(NaN) }), refused("value_invalid", "/now"));
  const round = {};
  round.round = round;
  assert.throws(() => portal.decide(round), refused("input_unserializable"));
  assert.throws(() => Portal.parse(undefined), refused("snapshot_refused"));
  assert.equal(portal.decide({ application_id, resource_id }).decision, "deny", "everything works on");
});

test("a portal is freed once, by name or at the end of its block", () => {
  const portal = Portal.parse(small);
  portal.free();
  portal.free();
  assert.throws(() => portal.decide({ application_id, resource_id }), refused("handle_unknown"));
  const dispose = Symbol.dispose ?? Symbol.for("Symbol.dispose");
  const other = Portal.parse(small);
  other[dispose]();
  assert.throws(() => other.contents(), refused("handle_unknown"));
});

test("a front end learns what a developer may do", () => {
  const access = accessFor({
    portal: { rbac_enabled: true, is_public: false },
    actions: { view: true, register: true, view_documentation: true },
    application: { id: application_id, name: "App {resource}" },
    registration: null,
    resource: { id: resource_id, name: "Orders v1", registration_configs: [{ id: "s", registration_enabled: true, registration_auto_approve: true }] },
  });
  assert.ok(access.view.allowed && access.register.allowed);
  assert.equal(access.register.registration_outcome, "approved");
  assert.deepEqual(access.call.next_step, { code: "register", who: "developer", message: "register the application" });
  const german = { denied: { registration_missing: "Die Anwendung „{application}“ ist für {resource} nicht angemeldet" }, next_steps: { register: "Anwendung anmelden" } };
  assert.equal(translate(access.call, "call", german), "Die Anwendung „App {resource}“ ist für Orders v1 nicht angemeldet");
  assert.equal(translate(access.view, "view", german), access.view.message);
  assert.equal(translateNextStep(access.call, german), "Anwendung anmelden");
  assert.throws(() => accessFor({ portl: {} }), refused("key_unknown", "/portl"));
});

test("the catalogue has a sentence for every code", () => {
  const { allowed, denied, next_steps } = catalogue();
  assert.deepEqual(denied.map((entry) => entry.code), reasons().map((reason) => reason.code));
  assert.ok(allowed.length === 6 && next_steps.length > 5);
  assert.equal(version().abi, 1);
});

test("pages are collected until all are there, and doubts are told", async () => {
  const pages = (lists, total) => (number) => ({ data: (lists[number - 1] ?? []).map((id) => ({ id })), meta: { page: { number, size: 2, total: typeof total === "function" ? total(number) : total } } });
  const read = async (lists, total) => collectPages(pages(lists, total));
  assert.deepEqual(await read([["1", "2"], ["3"]], 3), { items: [{ id: "1" }, { id: "2" }, { id: "3" }], total: 3, complete: true });
  assert.equal((await read([["1", "2"]], 3)).complete, false, "a page is missing");
  assert.equal((await read([["1", "2"], ["2", "3"]], 3)).complete, false, "something moved");
  assert.equal((await read([["1", "2"], ["3", "4"]], (number) => 3 + number - 1)).complete, false, "the total moved");
  assert.equal((await read([["1"], ["1"], ["1"]], 3)).items.length, 1, "a server that repeats itself ends");
  assert.equal((await read([], 0)).complete, true);
  for (const odd of [null, {}, { data: [] }, { data: {}, meta: { page: { total: 1 } } }, { data: [], meta: { page: { total: "1" } } }]) {
    await assert.rejects(collectPages(() => odd), refused("page_unreadable"));
  }
});

test("plans of one status and of stale access", () => {
  const portal = Portal.parse(snapshot("gateway"));
  const { developers } = JSON.parse(snapshot("gateway"));
  const plan = portal.planStatus({ developer_id: developers[0].id, to: "revoked" });
  assert.equal(plan.snapshot_sha256, portal.sha256);
  assert.equal(plan.subjects[0].changes[0].change, "revoke_developer");
  assert.throws(() => portal.planStatus({ developer_id: resource_id, to: "approved" }), refused("subject_unknown"));
  assert.ok(portal.planRevokeStale({ now: new Date("2026-11-22T10:00:00Z") }).subjects.length > 0);
});

test("what changes from one portal to another", () => {
  const before = Portal.parse(small);
  const fixes = before.decide({ application_id, resource_id }).fixes.map(({ executable, ...change }) => change);
  const after = before.whatIf(fixes);
  const diff = before.diff(after);
  assert.ok(diff.counts.gained > 0 && diff.rows.every((row) => row.change === "gained"), JSON.stringify(diff.counts));
  assert.equal(after.diff(before, { only: ["gained"] }).rows.length, 0);
  after.free();
  assert.throws(() => before.diff(after), refused("handle_unknown"));
});

test("requests are checked before they are sent", () => {
  assert.ok(validate.types().some(({ name }) => name === "team"));
  assert.deepEqual(validate.request("team", { name: "Arsenal" }).problems, []);
  const { fits, problems } = validate.request("application", { name: "App", owner: { type: "club" } });
  assert.ok(!fits && problems.every(({ path, code, remedy }) => path && code && remedy));
  assert.equal(validate.schema("team").type, "object");
  assert.throws(() => validate.request("ship", {}), refused("body_invalid", "/type"));
});
