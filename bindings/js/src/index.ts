/** The usual entry: the module is inlined, and started on the first call. Nothing to configure, nothing to await. */

import { base64 } from "./glue/inlined.js";
import { useModule } from "./engine.js";

useModule(() => {
  const letters = atob(base64);
  const bytes = new Uint8Array(letters.length);
  for (let at = 0; at < letters.length; at += 1) bytes[at] = letters.charCodeAt(at);
  return bytes;
});

export * from "./api.js";
