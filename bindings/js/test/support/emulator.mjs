// The emulator of Konnect, over real HTTP.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { after } from "node:test";

const running = [];
after(() => running.forEach((emulator) => emulator.kill()));

/** Starts an emulator, which ends with the tests of this file; its line says where it listens. */
export async function konnect(...options) {
  const program = process.env.GATEPASS_EMULATOR;
  assert.ok(program, "GATEPASS_EMULATOR names no program; run `cargo xtask js --test`");
  const emulator = spawn(program, options, { stdio: ["ignore", "pipe", "inherit"] });
  running.push(emulator);
  const line = await new Promise((resolve, reject) => {
    emulator.on("error", reject);
    createInterface({ input: emulator.stdout }).once("line", resolve);
  });
  const { base_url: baseUrl, token, portals } = JSON.parse(line);
  return { baseUrl, token, region: "eu", portalId: portals[0].id, api: portals[0].api, name: portals[0].name };
}
