// Approves developers of trusted domains into their teams, every hour; leaves everybody else to people.
//
//   0 * * * *  KONNECT_TOKEN=$(cat ~/.konnect-token) node auto_approve.mjs "Shop developers" --region eu --yes
//
// npm install gatepass yaml. Without --yes it only says what it would do. It ends with 1 if something failed.

import { createHash } from "node:crypto";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { Portal, apply, exportPortal } from "gatepass";
import { parse } from "yaml";

const { values: given, positionals: [portalName] } = parseArgs({ allowPositionals: true, options: {
  region: { type: "string", default: "us" }, "base-url": { type: "string" }, api: { type: "string", default: "v3" },
  rules: { type: "string", default: "rules.yaml" }, yes: { type: "boolean", default: false },
} });

try {
  const konnect = { token: process.env.KONNECT_TOKEN, region: given.region, baseUrl: given["base-url"], api: given.api };
  const portal = Portal.parse((await exportPortal({ ...konnect, portalName })).snapshot);
  const plan = portal.planApprovals(parse(readFileSync(given.rules, "utf8")));
  for (const { developer_id: who, held, changes } of plan.subjects) {
    console.log(who, held ? `left to people: ${held.message}` : changes.map(({ change }) => change).join(", "));
  }
  // What a stopped run has done is not done twice: its journal bears the digest of its plan.
  const file = `journal-${createHash("sha256").update(JSON.stringify(plan)).digest("hex").slice(0, 12)}.jsonl`;
  const journal = {
    read: () => (existsSync(file) ? readFileSync(file, "utf8").trim().split("\n").map((line) => JSON.parse(line)) : []),
    append: (entries) => appendFileSync(file, entries.map((entry) => `${JSON.stringify(entry)}\n`).join("")),
  };
  const { outline, summary } = await apply(plan, { ...konnect, yes: given.yes, journal });
  console.log(summary ? `${summary.made} changes made` : `${outline.length} changes would be made`);
  process.exitCode = summary === null || summary.success ? 0 : 1;
} catch (error) {
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
}
