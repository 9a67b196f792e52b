// Writes the table of exports in README.md from the declarations in `dist`; with `--check` only compares.

import { readFileSync, writeFileSync } from "node:fs";
import { join, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript54";

const here = join(dirname(fileURLToPath(import.meta.url)), "..");
const entry = join(here, "dist/index.d.ts");
const program = ts.createProgram([entry], { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext, target: ts.ScriptTarget.ES2022, types: [] });
const checker = program.getTypeChecker();
const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(entry)));

const resolved = (symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol);
const first = (symbol) => ts.displayPartsToString(symbol.getDocumentationComment(checker)).split(/\n\n|(?<=[.:]) (?=[A-Z])/)[0].replace(/\s+/g, " ").trim();
const rows = [];
const row = (name, symbol) => rows.push(`| ${name} | ${first(symbol).replaceAll("|", "\\|")} |`);
const names = (declaration) => declaration.parameters.map((parameter) => parameter.name.getText() + (parameter.questionToken ? "?" : "")).join(", ");

for (const symbol of exported.map(resolved)) {
  if (symbol.flags & ts.SymbolFlags.Function) row(`\`${symbol.name}(${names(symbol.valueDeclaration)})\``, symbol);
  if (symbol.flags & ts.SymbolFlags.Class) {
    row(`class \`${symbol.name}\``, symbol);
    for (const holder of [symbol.exports, symbol.members]) {
      for (const member of holder.values()) {
        const declaration = member.declarations?.[0];
        if (!declaration || member.name.startsWith("_") || !/^\w+$/.test(member.name) || first(member) === "") continue;
        const of = holder === symbol.exports ? symbol.name : symbol.name.toLowerCase().replace("gatepasserror", "error");
        row(ts.isMethodDeclaration(declaration) ? `\`${of}.${member.name}(${names(declaration)})\`` : `\`${of}.${member.name}\``, member);
      }
    }
  }
  if (symbol.name === "approvals" || symbol.name === "validate") {
    for (const member of checker.getTypeOfSymbol(symbol).getProperties()) row(`\`${symbol.name}.${member.name}(${names(member.declarations[0].parameters ? member.declarations[0] : member.declarations[0].type)})\``, member);
  }
}
const table = `| export | what |\n|---|---|\n${rows.join("\n")}\n`;
const readme = join(here, "README.md");
const text = readFileSync(readme, "utf8");
const written = text.replace(/(<!-- table: .*?-->\n)[\s\S]*?(<!-- \/table -->)/, (_, begin, end) => begin + table + end);
if (process.argv.includes("--check")) {
  if (written !== text) {
    console.error("the table in README.md is not as the declarations say; run `node scripts/api_table.mjs`");
    process.exit(1);
  }
} else {
  writeFileSync(readme, written);
}
