/**
 * The entry for a portal's pages: what needs no portal, with a module of a fifth of the size. Inlined, and started on
 * the first call.
 */

import { useModule } from "./engine.js";
import { inlined } from "./inline.js";

useModule(inlined);

export * from "./view_api.js";
