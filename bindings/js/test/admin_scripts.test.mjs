// The scripts of examples/admin-scripts, as an admin runs them, against the emulator of Konnect.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Portal, approvals, exportPortal } from "../dist/index.js";
import { konnect } from "./support/emulator.mjs";

const scripts = fileURLToPath(new URL("../../../examples/admin-scripts/", import.meta.url));

/** Runs a script in a folder of its own, as cron would. */
function run(folder, name, options, ...more) {
  const base = options ? [options.name, "--region", "eu", "--api", options.api, "--base-url", options.baseUrl] : [];
  const env = { ...process.env, KONNECT_TOKEN: options?.token ?? "" };
  return new Promise((resolve) => {
    execFile(process.execPath, [join(scripts, name), ...base, ...more], { cwd: folder, env }, (error, out, err) =>
      resolve({ code: error?.code ?? 0, out, err }),
    );
  });
}

test("the hourly approval", async () => {
  const options = await konnect("--developers", "60", "--teams", "5", "--applications", "20", "--registrations", "20");
  const folder = mkdtempSync(join(tmpdir(), "gatepass-scripts-"));
  const developers = async () => Portal.parse((await exportPortal(options)).snapshot).contents().developers;
  const before = await developers();
  const waiting = before.filter(({ status }) => status === "pending");
  assert.ok(waiting.length > 0);
  const { teams } = Portal.parse((await exportPortal(options)).snapshot).contents();
  const trusted = [...new Set(waiting.map(({ email }) => approvals.domainOf(email)))].map((domain) => ({ domain, team: teams[0].id }));
  // JSON is YAML.
  writeFileSync(join(folder, "rules.yaml"), JSON.stringify({ emails_verified_by: "portal", require_ready_team: false, trusted }));

  const dry = await run(folder, "auto_approve.mjs", options);
  assert.deepEqual([dry.code, dry.err], [0, ""], dry.err);
  assert.match(dry.out, /^[1-9]\d* changes would be made$/m);
  assert.deepEqual(await developers(), before);

  const done = await run(folder, "auto_approve.mjs", options, "--yes");
  assert.deepEqual([done.code, done.err], [0, ""], done.err);
  assert.match(done.out, /^[1-9]\d* changes made$/m);
  assert.equal((await developers()).filter(({ status }) => status === "pending").length, 0);

  const nextHour = await run(folder, "auto_approve.mjs", options, "--yes");
  assert.match(nextHour.out, /^0 changes made$/m, nextHour.err);
});

test("the hourly approval tells what it cannot do", async () => {
  const options = await konnect("--seed", "small");
  const folder = mkdtempSync(join(tmpdir(), "gatepass-scripts-"));
  writeFileSync(join(folder, "rules.yaml"), "trusted: [{domain: shop.example, team: Nobody}]");
  const { code, err } = await run(folder, "auto_approve.mjs", options, "--yes");
  assert.equal(code, 1);
  assert.match(err, /^error: /);
});

test("the two reports", async () => {
  const options = await konnect("--seed", "small");
  const asked = await run(scripts, "stuck_developers.mjs", options);
  assert.deepEqual([asked.code, asked.err], [0, ""], asked.err);
  assert.match(asked.out, /applications of two days and more are stuck:/);
  assert.match(asked.out, /, complete as of /);
  const file = fileURLToPath(new URL("../../../tests/vectors/snapshots/small.json", import.meta.url));
  const read = await run(scripts, "stuck_developers.mjs", undefined, "--snapshot", file);
  assert.equal(read.code, 0, read.err);
  const unknown = await run(scripts, "stuck_developers.mjs", { ...options, name: "Nowhere" });
  assert.equal(unknown.code, 1);
  assert.match(unknown.err, /^error: .*Nowhere/);
});

test("scripts are short", () => {
  for (const name of readdirSync(scripts).filter((name) => name.endsWith(".mjs"))) {
    const lines = readFileSync(join(scripts, name), "utf8").trimEnd().split("\n").length;
    assert.ok(lines <= 40, `${name} has ${lines} lines`);
  }
});
