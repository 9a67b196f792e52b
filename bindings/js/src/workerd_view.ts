/** `gatepass/view` for Cloudflare Workers, which compile modules when they are deployed and not when they run. */

import module from "./view.wasm";
import { useModule } from "./engine.js";

useModule(() => module);

export * from "./view_api.js";
