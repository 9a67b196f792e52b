/** The usual entry: the module is inlined, and started on the first call. Nothing to configure, nothing to await. */

import { base64 } from "./glue/inlined.js";
import { useModule } from "./engine.js";

useModule(() => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)));

export * from "./api.js";
