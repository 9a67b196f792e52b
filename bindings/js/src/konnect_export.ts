/** Reads a portal out of Konnect. What to ask for, how often and what it means is decided in the module; here it is sent. */

import { ask, askOf, askText, close, handleOf, type Handle } from "./engine.js";
import { GatepassError } from "./error.js";
import { send, serverOf, type Connection } from "./konnect_connection.js";
import type { CrawlBody, CrawlNotes, CrawlProgress, CrawlStep, KonnectRequest } from "./types.js";

/** What to read, and how to reach it. */
export interface ExportOptions extends Connection {
  /** The portal's id; or its name in `portalName`. */
  readonly portalId?: string;
  /** The portal's name, exactly. */
  readonly portalName?: string;
  /** Through which API: classic portals answer to `v2`, new ones to `v3` (the default). */
  readonly api?: CrawlBody["api"];
  /** Go on when a list cannot be read, and mark it partial. */
  readonly allowPartial?: boolean;
  /** Replaces names and local parts of e-mail addresses by pseudonyms made with this secret. */
  readonly redactSecret?: string;
  /** How many objects to ask for at once; 100 if left out. */
  readonly pageSize?: number;
  /** How many requests at a time; 4 if left out. */
  readonly concurrency?: number;
  /** Told how far it is, after each answer. */
  readonly onProgress?: (progress: CrawlProgress) => void;
}

/** A portal that was read. */
export interface Exported extends CrawlNotes {
  /** The file: JSON of format `gatepass.snapshot/1`, for `Portal.parse` or to be written. */
  readonly snapshot: string;
}

/**
 * Reads one portal whole, and proves it: a list with fewer objects than Konnect says there are is an error, unless
 * `allowPartial`.
 *
 * @throws {GatepassError} `portal_unknown`, `request_failed`, `export_partial` with the incomplete lists, and others.
 */
export async function exportPortal(options: ExportOptions): Promise<Exported> {
  const server = serverOf(options);
  const handle = handleOf(ask<{ handle: number }>("crawl_new", body(options)).handle);
  try {
    await drive(handle, options, server);
    const snapshot = askText(handle, "crawl_finish", "{}");
    return { snapshot, ...askOf<CrawlNotes>(handle, "crawl_notes") };
  } finally {
    close(handle);
  }
}

function body(options: ExportOptions): CrawlBody {
  return {
    api: options.api ?? null,
    portal_id: options.portalId ?? null,
    portal_name: options.portalName ?? null,
    region: options.region ?? null,
    allow_partial: options.allowPartial ?? null,
    page_size: options.pageSize ?? null,
    redact_secret: options.redactSecret ?? null,
  };
}

async function drive(handle: Handle, options: ExportOptions, server: string): Promise<void> {
  const waiting: KonnectRequest[] = [];
  const flying = new Set<Promise<void>>();
  const most = Math.max(1, options.concurrency ?? 4);
  let failure: unknown;
  const fly = (request: KonnectRequest): void => {
    const flight: Promise<void> = send(request, options, server)
      .then((answer) => {
        const body = { request_id: request.id, ...answer, now: now(), random: Math.random() };
        const progress = askOf<CrawlProgress>(handle, "crawl_answer", body);
        options.onProgress?.(progress);
      })
      .catch((thrown: unknown) => {
        failure ??= thrown ?? new GatepassError("request_failed", "a request failed");
      })
      .finally(() => flying.delete(flight));
    flying.add(flight);
  };
  for (;;) {
    options.signal?.throwIfAborted();
    if (failure !== undefined) throw failure;
    const step = askOf<CrawlStep>(handle, "crawl_next", { now: now() });
    if (step.step === "done") return;
    if (step.step === "send") waiting.push(...step.requests);
    while (flying.size < most && waiting.length > 0) fly(waiting.shift() as KonnectRequest);
    const until = step.step === "wait" ? step.until : null;
    if (flying.size === 0 && until === null) {
      if (waiting.length > 0) continue;
      throw new GatepassError("export_stuck", "the export waits for an answer that nobody asked for");
    }
    // With nothing left to send there may be more to ask for only after an answer, or when a retry is due.
    await Promise.race([...flying, ...(until === null ? [] : [sleep(Date.parse(until) - Date.now(), options.signal)])]);
  }
}

/** Waits; ends at once when the signal says so. */
export async function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, Math.max(0, milliseconds));
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    }, { once: true });
  });
}

/** The time, as RFC 3339. */
export function now(): string {
  return new Date().toISOString();
}
