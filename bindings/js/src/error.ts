import type { Problem } from "./types.js";

/** What a refusal says on the wire. */
interface RefusalBody {
  readonly code: string;
  readonly message: string;
  readonly path: string;
  readonly problems: readonly Problem[];
  readonly problem_count: number;
}

/**
 * The only error that this package throws (but for an aborted `signal`, whose own reason is thrown).
 *
 * `code` is stable and in `snake_case`; `message` is for people. After it everything works on.
 */
export class GatepassError extends Error {
  override readonly name = "GatepassError";
  /** A stable code. */
  readonly code: string;
  /** Where in the input: a JSON pointer; empty for the whole input. */
  readonly path: string;
  /** Everything that is wrong with the input, gravest first; at most 100. */
  readonly problems: readonly Problem[];
  /** How many problems there were in all. */
  readonly problemCount: number;

  constructor(code: string, message: string, details: Partial<Pick<GatepassError, "path" | "problems" | "problemCount">> & { cause?: unknown } = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.path = details.path ?? "";
    this.problems = details.problems ?? [];
    this.problemCount = details.problemCount ?? this.problems.length;
  }

  /** @internal The error that the module told of. */
  static fromJson(text: string): GatepassError {
    const body = JSON.parse(text) as RefusalBody;
    const { path, problems, problem_count: problemCount } = body;
    return new GatepassError(body.code, body.message, { path, problems, problemCount });
  }
}
