/** For Cloudflare Workers, which compile modules when they are deployed and not when they run. */

import module from "./gatepass.wasm";
import { useModule } from "./engine.js";

useModule(() => module);

export * from "./api.js";
