// The vectors in Chromium, and what the package needs of a page's security policy.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync, cpSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { launch, serve, titleOf } from "./support/browser.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
let browser;
const folder = mkdtempSync(join(tmpdir(), "gatepass-chromium-"));

before(async () => {
  browser = await launch();
  cpSync(here("../src/glue/gatepass.js"), join(folder, "glue.js"));
  cpSync(here("../dist"), join(folder, "dist"), { recursive: true });
  cpSync(here("../../../tests/vectors"), join(folder, "vectors"), { recursive: true });
});
after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

test("the vectors, byte for byte", async () => {
  const names = readdirSync(join(folder, "vectors/calls"));
  writeFileSync(join(folder, "vectors.html"), `<!doctype html><script type="module">
import * as glue from "./glue.js";
const load = async (path) => new Uint8Array(await (await fetch(path)).arrayBuffer());
glue.initSync({ module: await load("./dist/gatepass.wasm") });
const wrong = [];
let calls = 0;
for (const name of ${JSON.stringify(names)}) {
  const vector = JSON.parse(new TextDecoder().decode(await load("./vectors/calls/" + name)));
  const handle = vector.snapshot === null ? 0 : JSON.parse(glue.open("{}", await load("./vectors/snapshots/" + vector.snapshot))).handle;
  for (const { method, body, answer, error } of vector.calls) {
    let got;
    try { got = glue.call(handle, method, body); } catch (thrown) { got = "error " + thrown; }
    calls += 1;
    if (got !== (answer ?? "error " + error)) wrong.push(name + " " + method);
  }
}
document.title = wrong.length ? wrong.join(", ") : "same " + calls;
</script>`);
  const total = names.reduce((sum, name) => sum + JSON.parse(readFileSync(join(folder, "vectors/calls", name))).calls.length, 0);
  const server = await serve(folder);
  assert.equal(await titleOf(browser, `${server.url}/vectors.html`), `same ${total}`);
  server.close();
});

test("the small module in a page", async () => {
  writeFileSync(join(folder, "view.js"), `import { accessFor } from "./dist/view.js";
document.title = accessFor({ portal: { rbac_enabled: true, is_public: false }, actions: { view: true, register: false },
  application: { id: "1", name: "App" }, registration: null, resource: { id: "2", name: "Orders" } }).call.code;`);
  writeFileSync(join(folder, "view.html"), `<!doctype html><script type="module" src="./view.js"></script>`);
  const server = await serve(folder, { "content-security-policy": "script-src 'self' 'wasm-unsafe-eval'" });
  assert.equal(await titleOf(browser, `${server.url}/view.html`), "registration_missing");
  server.close();
});

test("one word in the security policy is enough", async () => {
  writeFileSync(join(folder, "page.js"), `import { version } from "./dist/index.js";
try { document.title = version().version; } catch (error) { document.title = error.code; }`);
  writeFileSync(join(folder, "policy.html"), `<!doctype html><script type="module" src="./page.js"></script>`);
  for (const [policy, title] of [["default-src 'self'", "module_unusable"], ["script-src 'self' 'wasm-unsafe-eval'", "0.1.0"]]) {
    const server = await serve(folder, { "content-security-policy": policy });
    assert.equal(await titleOf(browser, `${server.url}/policy.html`), title, policy);
    server.close();
  }
});
