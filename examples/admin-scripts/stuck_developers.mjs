// The two reports: who lacks a permission, and whose application has been stuck for two days.
//
//   KONNECT_TOKEN=… node stuck_developers.mjs "Shop developers" --region eu
//
// npm install gatepass. With --snapshot FILE it reads a file and asks nobody.

import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { Portal, exportPortal } from "gatepass";

const { values: given, positionals: [portalName] } = parseArgs({ allowPositionals: true, options: {
  region: { type: "string", default: "us" }, "base-url": { type: "string" }, api: { type: "string", default: "v3" },
  snapshot: { type: "string" },
} });

async function read() {
  if (given.snapshot) return readFileSync(given.snapshot);
  const { region, api, "base-url": baseUrl } = given;
  return (await exportPortal({ token: process.env.KONNECT_TOKEN, region, api, baseUrl, portalName })).snapshot;
}

try {
  const portal = Portal.parse(await read());
  const now = new Date();
  const missing = portal.report("needs_consume_permission", { now }).rows;
  console.log(`${missing.length} developers own an application and may consume nothing:`);
  for (const { email, team_name: team, cause } of missing) console.log(`  ${email ?? team}: ${cause}`);
  const blocked = portal.report("blocked_developers", { now, older_than: "48h" }).rows;
  console.log(`${blocked.length} applications of two days and more are stuck:`);
  for (const row of blocked) console.log(`  ${row.email ?? row.team_name}, ${row.application_name}: ${row.stage}`);
  console.log(`${portal.name}, ${portal.completeness} as of ${portal.asOf}`);
} catch (error) {
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
}
