/** Starts the module on the first call, and speaks with it. Whatever it throws comes out as a `GatepassError`. */

import * as glue from "./glue/gatepass.js";
import { GatepassError } from "./error.js";

type Source = BufferSource | WebAssembly.Module;

let source: (() => Source) | undefined;
let started = false;
/** Counts the instances, so that a handle of a lost one never names something of the next. */
let generation = 0;

/** Something that lives in the module. */
export interface Handle {
  readonly generation: number;
  readonly number: number;
}

/** Handle 0: for methods that need none. */
const NONE: Handle = { generation: -1, number: 0 };

/** Says where the module comes from; nothing is loaded before the first call. */
export function useModule(get: () => Source): void {
  source ??= get;
}

/** Whether a module was named. */
export function hasModule(): boolean {
  return source !== undefined;
}

function start(): void {
  if (started) return;
  if (!source) {
    throw new GatepassError("module_missing", "the module is not there yet; call `initSync` or await `init` first");
  }
  try {
    glue.initSync({ module: source() });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new GatepassError("module_unusable", `the module cannot be started: ${why}`, { cause });
  }
  started = true;
}

/** Runs something in the module. */
function run<T>(handle: Handle, work: (number: number) => T): T {
  start();
  if (handle !== NONE && handle.generation !== generation) {
    throw new GatepassError("handle_lost", "the module had to begin anew since this was opened; open it again");
  }
  try {
    return work(handle.number);
  } catch (thrown) {
    if (typeof thrown === "string") throw GatepassError.fromJson(thrown);
    // Only want of memory leads here. The instance may be in any state, so it is left behind.
    generation += 1;
    glue.__wbg_reset_state();
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new GatepassError("module_failed", `the module failed (${why}) and begins anew; what was open is lost`, {
      cause: thrown,
    });
  }
}

/** The JSON text of a value that a caller gave. */
export function toJson(value: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new GatepassError("input_unserializable", `the input cannot be written as JSON: ${why}`, { cause });
  }
  // Functions and `undefined` have no JSON.
  return text ?? "null";
}

/** Calls a method that needs no handle. */
export function ask<T>(method: string, body: unknown = {}): T {
  return JSON.parse(askText(NONE, method, toJson(body))) as T;
}

/** Calls a method of a handle. */
export function askOf<T>(handle: Handle, method: string, body: unknown = {}): T {
  return JSON.parse(askText(handle, method, toJson(body))) as T;
}

/** Calls a method, as text. */
export function askText(handle: Handle, method: string, body: string): string {
  return run(handle, (number) => glue.call(number, method, body));
}

/** Calls a method of a handle that takes and answers in bytes. */
export function askBytes(handle: Handle, method: string, body: Uint8Array): Uint8Array {
  return run(handle, (number) => glue.callBytes(number, method, body));
}

/** Opens a snapshot. */
export function open(options: string, bytes: Uint8Array): string {
  return run(NONE, () => glue.open(options, bytes));
}

/** The handle with this number, of the running instance. */
export function handleOf(number: number): Handle {
  return { generation, number };
}

/** Lets go of a handle; harmless if it is gone. */
export function close(handle: Handle): void {
  if (!started || handle.generation !== generation) return;
  run(handle, (number) => glue.close(number));
}

/** Lets go of what was forgotten, where the host tells; Workers that end after a request need not. */
const forgotten = typeof FinalizationRegistry === "function" ? new FinalizationRegistry<Handle>(close) : undefined;

/** Has a handle freed when its owner is forgotten; freeing it oneself is sooner. */
export function freeWith(owner: object, handle: Handle): void {
  forgotten?.register(owner, handle, owner);
}

/** Frees a handle now. */
export function freeNow(owner: object, handle: Handle): void {
  forgotten?.unregister(owner);
  close(handle);
}
