/** Carries out a plan. What to send, and whether it is done already, is decided in the module; here it is sent. */

import { ask, askOf, close, handleOf } from "./engine.js";
import { GatepassError } from "./error.js";
import { send, serverOf, type Connection } from "./konnect_connection.js";
import { now, sleep } from "./konnect_export.js";
import type { ApplyBegun, ApplyStep, ApplySummary, JournalEntry, OutlineLine, Plan } from "./types.js";

/** Where a run's journal is kept: whoever runs the plan again with it goes on where it stopped. */
export interface Journal {
  /** The entries of earlier runs. */
  read(): readonly JournalEntry[] | Promise<readonly JournalEntry[]>;
  /** Appends entries; the run goes on once they are kept. */
  append(entries: readonly JournalEntry[]): void | Promise<void>;
}

/** How to carry out a plan. */
export interface ApplyOptions extends Connection {
  /** Send changes. Without it nothing is sent, and the answer says what would be. */
  readonly yes?: boolean;
  /** Through which API; the plan's own if left out. */
  readonly api?: "v2" | "v3";
  /** Where the journal is kept; in memory, so for this run only, if left out. */
  readonly journal?: Journal;
  /** Go on although somebody has changed things since the plan was made. */
  readonly evenIfMoved?: boolean;
  /** Told of every entry of the journal, after it is kept. */
  readonly onEntry?: (entry: JournalEntry) => void;
}

/** What became of a plan, or what would. */
export interface Applied {
  /** What carrying it out does, change by change. */
  readonly outline: readonly OutlineLine[];
  /** What became of it; null if nothing was to be sent. */
  readonly summary: ApplySummary | null;
}

/**
 * Carries out a plan with `yes: true`; else says what that would do, and sends nothing.
 *
 * Nothing is done twice, a subject whose state has moved is left as it is, and an error stops only its subject.
 *
 * @param plan The plan, or the text of its file; a journal belongs to one text.
 * @throws {GatepassError} `plan_refused`, `plan_blind`, `journal_other` and others, before anything is sent.
 */
export async function apply(plan: Plan | string, options: ApplyOptions): Promise<Applied> {
  const server = options?.yes === true ? serverOf(options) : "";
  const text = typeof plan === "string" ? plan : `${JSON.stringify(plan, null, 2)}\n`;
  const begun = ask<ApplyBegun>("apply_new", {
    plan: text,
    api: options?.api ?? null,
    journal: (await options?.journal?.read()) ?? [],
    even_if_moved: options?.evenIfMoved ?? false,
  });
  const handle = handleOf(begun.handle);
  try {
    if (options?.yes !== true) return { outline: begun.outline, summary: null };
    for (;;) {
      options.signal?.throwIfAborted();
      const step = askOf<ApplyStep>(handle, "apply_next", { now: now() });
      switch (step.step) {
        case "record":
          await options.journal?.append(step.entries);
          for (const entry of step.entries) options.onEntry?.(entry);
          break;
        case "send": {
          const answer = await send(step.request, options, server);
          askOf(handle, "apply_answer", { request_id: step.request.id, ...answer, now: now(), random: Math.random() });
          break;
        }
        case "wait":
          if (step.until === null) {
            throw new GatepassError("apply_stuck", "the plan waits for an answer that nobody asked for");
          }
          await sleep(Date.parse(step.until) - Date.now(), options.signal);
          break;
        case "done":
          return { outline: begun.outline, summary: step.summary };
      }
    }
  } finally {
    close(handle);
  }
}
