/** For those who bring the module themselves: `gatepass/gatepass.wasm`, as bytes, as a compiled module, or from a URL. */

import { hasModule, useModule } from "./engine.js";
import { GatepassError } from "./error.js";

/** Says which module to use. Once is enough; later calls change nothing. */
export function initSync(module: BufferSource | WebAssembly.Module): void {
  useModule(() => module);
}

/** Loads the module: `await init(new URL("gatepass/gatepass.wasm", import.meta.url))`, or any URL that serves it. */
export async function init(
  from: string | URL | Request | Response | Promise<Response> | BufferSource | WebAssembly.Module,
): Promise<void> {
  if (hasModule()) return;
  if (from instanceof WebAssembly.Module || from instanceof ArrayBuffer || ArrayBuffer.isView(from)) {
    return initSync(from as BufferSource | WebAssembly.Module);
  }
  const remote = typeof from === "string" || from instanceof URL || from instanceof Request;
  const response = await (remote ? fetch(from) : from);
  if (!response.ok) {
    throw new GatepassError("module_missing", `the module was not served: status ${response.status}`);
  }
  initSync(await WebAssembly.compile(await response.arrayBuffer()));
}

export * from "./api.js";
