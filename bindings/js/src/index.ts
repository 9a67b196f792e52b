/** The usual entry: the module is inlined, and started on the first call. Nothing to configure, nothing to await. */

import { useModule } from "./engine.js";
import { inlined } from "./inline.js";

useModule(inlined);

export * from "./api.js";
