/** One request to Konnect: the token goes to the server that was named, and nowhere else. */

import { GatepassError } from "./error.js";
import type { KonnectRequest, Region } from "./types.js";

/** How to reach Konnect. */
export interface Connection {
  /** A personal or system access token. It is sent to the server only, and never written anywhere. */
  readonly token: string;
  /** The region, such as `eu`; names the server, and goes into the snapshot. */
  readonly region?: Region;
  /** Another server than `https://{region}.api.konghq.com`. Without TLS only on this machine. */
  readonly baseUrl?: string;
  /** How to send; the host's own `fetch` if left out. */
  readonly fetch?: typeof globalThis.fetch;
  /** How long a request may take, in milliseconds; 30 seconds if left out. */
  readonly timeout?: number;
  /** Ends everything when it is aborted; its reason is thrown. */
  readonly signal?: AbortSignal;
}

/** What became of a request, as the module takes it. */
export type Answer =
  | { status: number; headers: { [name: string]: string }; body: string }
  | { failure: { kind: "timeout" | "connection" | "certificate" | "other"; message: string } };

/** The server's address without a slash at the end. */
export function serverOf(options: Connection): string {
  if (typeof options?.token !== "string" || options.token.trim() === "") {
    throw new GatepassError("value_missing", "`token` is missing: pass an access token of Konnect", { path: "/token" });
  }
  if (options.baseUrl === undefined) {
    if (options.region === undefined) {
      throw new GatepassError("value_missing", "`region` is missing: pass the portal's region, such as `eu`", {
        path: "/region",
      });
    }
    return `https://${checkedRegion(options.region)}.api.konghq.com`;
  }
  return checkedUrl(options.baseUrl);
}

function checkedRegion(region: string): string {
  if (/^[a-z]{2}$/.test(region)) return region;
  throw new GatepassError("value_invalid", "`region` is no region of Konnect, such as `eu`", { path: "/region" });
}

function checkedUrl(text: string): string {
  const refused = (message: string): GatepassError => new GatepassError("value_invalid", message, { path: "/baseUrl" });
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw refused("`baseUrl` is no URL");
  }
  const here = ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  if (url.protocol !== "https:" && !(url.protocol === "http:" && here)) {
    throw refused("`baseUrl` should begin with https://, or with http:// on this machine");
  }
  if (url.username !== "" || url.password !== "") throw refused("`baseUrl` should hold no password");
  if (url.search !== "" || url.hash !== "") throw refused("`baseUrl` should end before any `?` or `#`");
  return url.href.replace(/\/+$/, "");
}

/** Sends a request once. Retrying is the module's business. */
export async function send(request: KonnectRequest, options: Connection, server: string): Promise<Answer> {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), options.timeout ?? 30_000);
  const cancel = (): void => timeout.abort();
  options.signal?.addEventListener("abort", cancel, { once: true });
  try {
    options.signal?.throwIfAborted();
    const headers: Record<string, string> = { Accept: "application/json", Authorization: `Bearer ${options.token.trim()}` };
    if (request.body !== null) headers["Content-Type"] = "application/json";
    const response = await (options.fetch ?? globalThis.fetch)(server + request.path, {
      method: request.method,
      headers,
      body: request.body,
      // A redirect would carry the token elsewhere.
      redirect: "manual",
      credentials: "omit",
      cache: "no-store",
      signal: timeout.signal,
    });
    if (response.type === "opaqueredirect") {
      return { failure: { kind: "other", message: "the server answered with a redirect, which is not followed" } };
    }
    return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
  } catch (thrown) {
    options.signal?.throwIfAborted();
    if (timeout.signal.aborted) return { failure: { kind: "timeout", message: "no whole answer came in time" } };
    return { failure: { kind: kindOf(thrown), message: wordsOf(thrown, options.token) } };
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener("abort", cancel);
  }
}

/** `fetch` hides the reason in `cause`; a certificate that is not trusted will not be after a retry. */
function kindOf(thrown: unknown): "connection" | "certificate" {
  const cause = thrown instanceof Error ? thrown.cause : undefined;
  const code = typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : "";
  return /CERT|SIGNATURE|SELF_SIGNED|TLS/.test(code) ? "certificate" : "connection";
}

function wordsOf(thrown: unknown, token: string): string {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : "";
  return (error.message + cause).replaceAll(token.trim(), "(token)");
}
