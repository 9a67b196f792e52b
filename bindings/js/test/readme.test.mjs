// The README's examples run as they stand, and its table is as the declarations say.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { snapshot } from "./support/portal.mjs";

const here = fileURLToPath(new URL("..", import.meta.url));
const readme = readFileSync(join(here, "README.md"), "utf8");
const frontPage = readFileSync(join(here, "../../README.md"), "utf8");
const example = (kind, page = readme) => new RegExp("```js" + kind + "\\n([\\s\\S]*?)```").exec(page)[1];

function ran(code) {
  const folder = mkdtempSync(join(tmpdir(), "gatepass-readme-"));
  try {
    mkdirSync(join(folder, "node_modules"));
    symlinkSync(here, join(folder, "node_modules/gatepass"));
    writeFileSync(join(folder, "snapshot.json"), snapshot("gateway"));
    writeFileSync(join(folder, "main.mjs"), code);
    return execFileSync(process.execPath, ["main.mjs"], { cwd: folder }).toString();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

for (const [where, code] of [["the README", example(" browser")], ["the front page", example("", frontPage)]]) test(`the example for front ends on ${where}`, () => {
  const around = `const button = {}, portal = { rbac_enabled: true }, actions = { view: true, register: false },
    application = { id: "1", name: "App" }, registration = null, resource = { id: "2", name: "Orders", registration_configs: [{ registration_enabled: true }] };\n`;
  const [head, ...rest] = code.split("\n\n");
  assert.equal(ran(`${head}\n${around}${rest.join("\n")}\nconsole.log(button.disabled, button.title);`).trim(), "true ask an admin of the portal for a team that may call the API");
});

test("the example for scripts", () => {
  assert.match(ran(example(" node")), /waiting_for_approval \[/);
});

test("the table", () => {
  execFileSync(process.execPath, ["scripts/api_table.mjs", "--check"], { cwd: here, stdio: "pipe" });
});
