/** The module as text in this package's own code: nothing to configure, nothing to await. */

import { base64 } from "./glue/inlined.js";

/** The module's bytes. */
export function inlined(): Uint8Array<ArrayBuffer> {
  const letters = atob(base64);
  const bytes = new Uint8Array(letters.length);
  for (let at = 0; at < letters.length; at += 1) bytes[at] = letters.charCodeAt(at);
  return bytes;
}
