// What is published: checked by the tools that check packages, and installed into throw-away projects.

import assert from "node:assert/strict";
import { execFileSync, execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { launch, serve, titleOf } from "./support/browser.mjs";

const run = promisify(execFile);
const here = join(dirname(fileURLToPath(import.meta.url)), "..");
const projects = join(here, ".projects");
const bin = (name) => join(here, "node_modules/.bin", name);
const project = (name, files) => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(projects, name, path)), { recursive: true });
    writeFileSync(join(projects, name, path), text);
  }
  return join(projects, name);
};
let tarball;
let browser;

/** The most the modules may weigh as browsers load them, in bytes of brotli: it may only become less. */
const MOST = JSON.parse(readFileSync(join(here, "test/size-limits.json"), "utf8"));

const STATEMENT = `accessFor({ portal: { rbac_enabled: true, is_public: false }, actions: { view: true, register: false },
  application: { id: "1", name: "App" }, registration: null, resource: { id: "2", name: "Orders" } })`;
const EXPECTED = "role_viewer_only registration_missing";
const SAY = `const access = ${STATEMENT};\nconst said = access.call.blockers.slice().reverse().join(" ");\n`;
const PAGE = `<!doctype html><script type="module" src="/main.js"></script>`;

before(async () => {
  rmSync(projects, { recursive: true, force: true });
  mkdirSync(projects, { recursive: true });
  const [packed] = JSON.parse(execFileSync("npm", ["pack", "--json", "--silent", "--pack-destination", projects], { cwd: here }));
  tarball = join(projects, packed.filename);
  writeFileSync(join(projects, "package.json"), '{"name": "projects", "private": true}\n');
  execFileSync("npm", ["install", "--offline", "--no-save", "--no-audit", "--no-fund", "--silent", tarball], { cwd: projects });
  browser = await launch();
});
after(() => browser?.close());

test("the files, and what they weigh", () => {
  const files = execFileSync("tar", ["-tzf", tarball]).toString().trim().split("\n").sort();
  assert.ok(files.includes("package/dist/gatepass.wasm") && files.includes("package/README.md"));
  assert.ok(!files.some((file) => /\/(src|test|node_modules|scripts)\//.test(file)), files.join("\n"));
  assert.equal(files.filter((file) => file.endsWith(".wasm")).length, 2, "two modules, not one for each entry");
  const brotli = (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }).length;
  for (const file of ["dist/gatepass.wasm", "dist/index.js", "dist/slim.js", "dist/view.wasm", "dist/view.js"]) {
    const bytes = readFileSync(join(here, file));
    console.log(`${file}: ${bytes.length} bytes, ${gzipSync(bytes, { level: 9 }).length} gzip, ${brotli(bytes)} brotli`);
  }
  console.log(`tarball: ${readFileSync(tarball).length} bytes`);
  for (const [module, most] of Object.entries(MOST)) {
    const weighs = brotli(readFileSync(join(here, "dist", module)));
    assert.ok(weighs <= most, `${module} weighs ${weighs} bytes as brotli, and may weigh ${most}`);
  }
});

test("publint has nothing to say", async () => {
  const { stdout } = await run(bin("publint"), ["run", tarball, "--strict"]);
  assert.match(stdout, /All good/, stdout);
});

test("the types are found in every way (attw)", async () => {
  const { stdout } = await run(bin("attw"), [tarball, "--format", "json", "--exclude-entrypoints", "./gatepass.wasm", "./view.wasm"], { maxBuffer: 1 << 26 }).catch((error) => error);
  const { analysis } = JSON.parse(stdout);
  assert.deepEqual(analysis.problems, []);
});

test("node, as a module and with require", async () => {
  const esm = project("node-esm", { "main.mjs": `import { accessFor } from "gatepass";\n${SAY}console.log(said);` });
  assert.equal((await run(process.execPath, ["main.mjs"], { cwd: esm })).stdout.trim(), EXPECTED);
  const cjs = project("node-cjs", { "main.cjs": `const { accessFor } = require("gatepass");\n${SAY}console.log(said);` });
  assert.equal((await run(process.execPath, ["main.cjs"], { cwd: cjs })).stdout.trim(), EXPECTED);
});

test("slim, with the bytes or a compiled module", async () => {
  const slim = project("slim", {
    "main.mjs": `import { readFileSync } from "node:fs";\nimport { accessFor, init, initSync } from "gatepass/slim";
let before; try { ${STATEMENT}; } catch (error) { before = error.code; }
await init(readFileSync(new URL(import.meta.resolve("gatepass/gatepass.wasm"))));\n${SAY}console.log(before, said);`,
    "main.cjs": `const { accessFor, initSync } = require("gatepass/slim");
initSync(new WebAssembly.Module(require("node:fs").readFileSync(require.resolve("gatepass/gatepass.wasm"))));\n${SAY}console.log(said);`,
  });
  assert.equal((await run(process.execPath, ["main.mjs"], { cwd: slim })).stdout.trim(), `module_missing ${EXPECTED}`);
  assert.equal((await run(process.execPath, ["main.cjs"], { cwd: slim })).stdout.trim(), EXPECTED);
});

test("the small module has what needs no portal, and says so of the rest", async () => {
  const view = project("view", {
    "main.mjs": `import * as view from "gatepass/view";\nconst { accessFor, approvals, collectPages, reasons } = view;\n${SAY}
console.log(said, approvals.domainOf("a@Example.com"), reasons().length > 9, typeof collectPages, "Portal" in view, "exportPortal" in view);`,
    "main.cjs": `const { accessFor } = require("gatepass/view");\n${SAY}console.log(said);`,
  });
  const { stdout } = await run(process.execPath, ["main.mjs"], { cwd: view });
  assert.equal(stdout.trim(), `${EXPECTED} example.com true function false false`);
  assert.equal((await run(process.execPath, ["main.cjs"], { cwd: view })).stdout.trim(), EXPECTED);
});

const MAIN = `import { accessFor } from "gatepass";\n${SAY}document.title = said;`;
async function shown(folder) {
  const server = await serve(folder);
  const title = await titleOf(browser, `${server.url}/`);
  server.close();
  return title;
}

for (const [vite, from] of [["vite", "gatepass"], ["vite51", "gatepass"], ["vite", "gatepass/view"]]) {
  test(`${vite}: build and dev of ${from}`, async () => {
    const { build, createServer } = await import(vite);
    const root = project(`${vite}-${from.replace("/", "-")}`, { "main.js": MAIN.replace('"gatepass"', `"${from}"`), "index.html": PAGE });
    const quiet = { root, logLevel: "error", configFile: false };
    await build(quiet);
    assert.equal(await shown(join(root, "dist")), EXPECTED);
    const server = await createServer({ ...quiet, server: { host: "127.0.0.1", port: 0, hmr: false } });
    await server.listen();
    const address = server.httpServer.address();
    assert.equal(await titleOf(browser, `http://127.0.0.1:${address.port}/`), EXPECTED);
    await server.close();
  });
}

test("webpack", async () => {
  const { default: webpack } = await import("webpack");
  const root = project("webpack", { "main.js": MAIN, "dist/index.html": PAGE });
  const stats = await promisify(webpack)({ mode: "production", context: root, entry: "./main.js", output: { path: join(root, "dist"), filename: "main.js" }, performance: false });
  assert.deepEqual(stats.toJson().errors.concat(stats.toJson().warnings), []);
  assert.equal(await shown(join(root, "dist")), EXPECTED);
});

test("esbuild", async () => {
  const { build } = await import("esbuild");
  const root = project("esbuild", { "main.js": MAIN, "dist/index.html": PAGE });
  const { warnings } = await build({ absWorkingDir: root, entryPoints: ["main.js"], bundle: true, format: "esm", outfile: "dist/main.js", minify: true, logLevel: "silent" });
  assert.deepEqual(warnings, []);
  assert.equal(await shown(join(root, "dist")), EXPECTED);
});

test("what is not used is left out", async () => {
  const { build } = await import("esbuild");
  const root = project("unused", { "main.js": `import "gatepass"; import { GatepassError } from "gatepass/slim"; export { GatepassError };` });
  const { outputFiles } = await build({ absWorkingDir: root, entryPoints: ["main.js"], bundle: true, format: "esm", write: false, minify: true, logLevel: "silent" });
  assert.ok(outputFiles[0].contents.length < 50_000, `${outputFiles[0].contents.length} bytes`);
});

test("workerd (miniflare)", async () => {
  const { Miniflare } = await import("miniflare");
  const dist = join(projects, "node_modules/gatepass/dist");
  const worker = `import { accessFor } from "./workerd.js";\nexport default { fetch() { ${SAY} return new Response(said); } };`;
  const miniflare = new Miniflare({
    compatibilityDate: "2025-01-01",
    modules: [
      { type: "ESModule", path: "main.js", contents: worker },
      { type: "ESModule", path: "workerd.js", contents: readFileSync(join(dist, "workerd.js"), "utf8") },
      { type: "CompiledWasm", path: "gatepass.wasm", contents: readFileSync(join(dist, "gatepass.wasm")) },
    ],
  });
  assert.equal(await (await miniflare.dispatchFetch("http://localhost/")).text(), EXPECTED);
  await miniflare.dispose();
});

test("workerd (miniflare), the small module", async () => {
  const { Miniflare } = await import("miniflare");
  const dist = join(projects, "node_modules/gatepass/dist");
  const worker = `import { accessFor } from "./workerd_view.js";\nexport default { fetch() { ${SAY} return new Response(said); } };`;
  const miniflare = new Miniflare({
    compatibilityDate: "2025-01-01",
    modules: [
      { type: "ESModule", path: "main.js", contents: worker },
      { type: "ESModule", path: "workerd_view.js", contents: readFileSync(join(dist, "workerd_view.js"), "utf8") },
      { type: "CompiledWasm", path: "view.wasm", contents: readFileSync(join(dist, "view.wasm")) },
    ],
  });
  assert.equal(await (await miniflare.dispatchFetch("http://localhost/")).text(), EXPECTED);
  await miniflare.dispose();
});

const TYPES = readFileSync(join(here, "test/types/portal.ts"), "utf8");
for (const [name, compiler, module, moduleResolution] of [
  ["typescript-5.4-node10", "typescript54", "esnext", "node"],
  ["typescript-nodenext", "typescript", "nodenext", "nodenext"],
  ["typescript-bundler", "typescript", "esnext", "bundler"],
]) {
  test(`${name}, strict, with the types of Kong's SDK`, async () => {
    const compilerOptions = { noEmit: true, strict: true, target: "es2022", lib: ["es2022", "dom", "dom.iterable"], types: [], module, moduleResolution };
    const config = JSON.stringify({ compilerOptions, files: ["main.ts"] });
    const root = project(name, { "main.ts": TYPES, "package.json": '{"type": "module"}', "tsconfig.json": config });
    const tsc = join(here, "node_modules", compiler, "bin/tsc");
    const { stdout } = await run(process.execPath, [tsc, "-p", root], { cwd: root }).catch((error) => error);
    assert.equal(stdout.trim(), "");
  });
}

test("no declaration says any", () => {
  for (const file of readdirSync(join(here, "dist")).filter((file) => file.endsWith(".d.ts"))) {
    const code = readFileSync(join(here, "dist", file), "utf8").replace(/\/\*[\s\S]*?\*\//g, "");
    assert.doesNotMatch(code, /\bany\b/, file);
  }
  assert.ok(existsSync(join(here, "dist/index.d.cts")));
});
