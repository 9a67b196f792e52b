// Puts the portal's server into `vite` and `vite preview`, so that one command runs the whole example.

import { ClientApi } from "./client_api.mjs";
import { Konnect } from "./konnect.mjs";
import { routes } from "./routes.mjs";

/** What the page may load: its own files, and WebAssembly. Charts and Vue set styles on elements. */
const POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data:";

/** @param {NodeJS.ProcessEnv} env `KONNECT_BASE_URL`, `_REGION`, `_TOKEN` and `_PORTAL`, as `cargo xtask portal` sets them. */
export function portalServer(env) {
  const install = async (server, headers) => {
    const { KONNECT_BASE_URL: baseUrl, KONNECT_REGION: region, KONNECT_TOKEN: token, KONNECT_PORTAL: portalName } = env;
    if (!baseUrl || !region || !token || !portalName) {
      throw new Error("KONNECT_BASE_URL, _REGION, _TOKEN and _PORTAL are not all set: start this with `cargo xtask portal`");
    }
    const konnect = new Konnect({ baseUrl, region, token, portalName, api: "v2" });
    await konnect.refresh();
    const answer = routes(new ClientApi(konnect));
    server.middlewares.use((request, response, next) => {
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      answer(request, response).then((answered) => answered || next(), next);
    });
  };
  return {
    name: "portal-server",
    // Vite's own development client needs inline scripts, so the policy is set for the built page only.
    configureServer: (server) => install(server, {}),
    configurePreviewServer: (server) => install(server, { "content-security-policy": POLICY }),
  };
}
