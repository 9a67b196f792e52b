// Builds `dist` from the module that `cargo xtask wasm` made and the sources here. `cargo xtask js` runs it.

import { build } from "esbuild";
import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = join(dirname(fileURLToPath(import.meta.url)), "..");
const at = (...parts) => join(here, ...parts);
/** The two modules: the whole, and the small one for a portal's pages. */
const modules = [
  { name: "gatepass", glue: "src/glue", from: process.env.GATEPASS_WASM_PACKAGE ?? at("../../target/wasm-package") },
  { name: "view", glue: "src/glue/view", from: process.env.GATEPASS_WASM_VIEW_PACKAGE ?? at("../../target/wasm-view-package") },
];

rmSync(at("dist"), { recursive: true, force: true });
mkdirSync(at("dist"), { recursive: true });
for (const { name, glue, from } of modules) {
  const module = join(from, "gatepass_bg.wasm");
  if (!existsSync(module)) {
    console.error(`there is no ${module}: run \`cargo xtask js\``);
    process.exit(1);
  }
  // What is made of the module: its JavaScript as it is, its bytes as text.
  mkdirSync(at(glue), { recursive: true });
  for (const file of ["gatepass.js", "gatepass.d.ts"]) copyFileSync(join(from, file), at(glue, file));
  const base64 = readFileSync(module).toString("base64");
  writeFileSync(at(glue, "inlined.js"), `export const base64 = "${base64}";\n`);
  writeFileSync(at(glue, "inlined.d.ts"), "export declare const base64: string;\n");
  copyFileSync(module, at(`dist/${name}.wasm`));
  writeFileSync(at(`dist/${name}.wasm.d.ts`), "declare const module: WebAssembly.Module;\nexport default module;\n");
}
copyFileSync(at("../../LICENSE"), at("LICENSE"));

const entries = [
  { entry: "index", formats: ["esm", "cjs"] },
  { entry: "slim", formats: ["esm", "cjs"] },
  { entry: "workerd", formats: ["esm"] },
  { entry: "view", formats: ["esm", "cjs"] },
  { entry: "workerd_view", formats: ["esm"] },
];

/** The same sources with the other module's glue. */
const viewGlue = {
  name: "view-glue",
  setup({ onResolve }) {
    onResolve({ filter: /\/glue\/[a-z]+\.js$/ }, ({ path }) => ({ path: at("src/glue/view", path.slice(path.lastIndexOf("/") + 1)) }));
  },
};
for (const { entry, formats } of entries) {
  for (const format of formats) {
    await build({
      entryPoints: [at(`src/${entry}.ts`)],
      outfile: at(`dist/${entry}.${format === "esm" ? "js" : "cjs"}`),
      bundle: true,
      format,
      target: "es2022",
      platform: "neutral",
      minifySyntax: true,
      minifyWhitespace: true,
      legalComments: "none",
      external: ["*.wasm"],
      plugins: entry.endsWith("view") ? [viewGlue] : [],
      logLevel: "warning",
    });
  }
}

// One set of declarations, in both spellings.
execFileSync(process.execPath, [at("node_modules/typescript/bin/tsc"), "-p", here], { cwd: here, stdio: "inherit" });
const declarations = at("dist/types");
for (const file of readdirSync(declarations)) {
  if (file.endsWith(".d.ts")) cpSync(join(declarations, file), at("dist", file));
}
rmSync(declarations, { recursive: true });
const imports = /(from "\.\/[\w/]+)\.js"/g;
for (const file of readdirSync(at("dist"))) {
  if (!file.endsWith(".d.ts") || file.startsWith("workerd") || file.endsWith(".wasm.d.ts")) continue;
  const text = readFileSync(at("dist", file), "utf8");
  writeFileSync(at("dist", file.replace(/\.d\.ts$/, ".d.cts")), text.replace(imports, '$1.cjs"'));
}
