// node run.mjs WHEEL REPOSITORY: installs the wheel into Pyodide, without any network, and runs check.py in it.
import { readFileSync } from "node:fs";
import { loadPyodide } from "pyodide";

const [wheel, repository] = process.argv.slice(2);
const pyodide = await loadPyodide();
try {
  pyodide.unpackArchive(new Uint8Array(readFileSync(wheel)), "wheel");
  pyodide.FS.mkdir("/repository");
  pyodide.FS.mount(pyodide.FS.filesystems.NODEFS, { root: repository }, "/repository");
  pyodide.runPython(readFileSync(new URL("check.py", import.meta.url), "utf8"));
} catch (error) {
  // Node would print Pyodide's whole source before the message.
  console.error(error.message);
  process.exitCode = 1;
}
