/// <reference lib="esnext.disposable" preserve="true" />
import { askBytes, askOf, freeNow, freeWith, handleOf, open, toJson, type Handle } from "./engine.js";
import { GatepassError } from "./error.js";
import type {
  BundleBody,
  BundleTimestampBody,
  BundleTimestamp,
  Change,
  Completeness,
  Contents,
  Decision,
  Difference,
  DecisionOrError,
  Explanation,
  Opened,
  Plan,
  Policy,
  PortalDiff,
  Problem,
  QuestionBody,
  Region,
  Report as AnyReport,
  ReportBody,
  ReportName,
  ReportRowTypes,
  StatusPlanBody,
} from "./types.js";

/** A question, as `decide` takes it. */
export type Question = QuestionBody;

/** A report with the rows of its name. */
export type Report<N extends ReportName = ReportName> = Omit<AnyReport, "report" | "rows"> & {
  report: N;
  rows: ReportRowTypes[N][];
};

/** The options of a report, named as those of `gatepass report`. `now` is a time as RFC 3339, or a `Date`. */
export type ReportOptions = Omit<ReportBody, "report" | "now"> & { now: string | Date };

/** What to plan of stale access. `now` is a time as RFC 3339, or a `Date`; `team` names one, or some, by name or id. */
export interface RevokeStaleOptions {
  readonly now: string | Date;
  readonly team?: string | string[];
}

/** How to compare two portals. */
export interface DiffOptions {
  /** Under which policy this portal decides; `strict` if left out. */
  readonly policy?: Policy;
  /** Under which policy the other one does; the same if left out. */
  readonly otherPolicy?: Policy;
  /** Only rows of these kinds. */
  readonly only?: readonly Difference[];
}

/** How to read a snapshot. */
export interface ParseOptions {
  /** Go on in spite of errors: what they touch denies, and every answer says `completeness: "partial"`. */
  readonly allowPartial?: boolean;
}

/**
 * One portal at one time, parsed once and asked many times.
 *
 * It lives in the module's memory: `free()` it, or declare it with `using`; a forgotten one is freed when its
 * object is collected.
 */
export class Portal {
  /** The portal's id. */
  readonly id: string;
  /** The portal's name. */
  readonly name: string;
  /** Which API the snapshot was read from. */
  readonly api: Opened["api"];
  /** Where the portal is, if the snapshot says so. */
  readonly region: Region | null;
  /** When the crawl that wrote the snapshot began, as RFC 3339. */
  readonly asOf: string;
  /** How much of the portal the snapshot is known to hold. */
  readonly completeness: Completeness;
  /** The SHA-256 of the file; null for a portal that `whatIf` made. */
  readonly sha256: string | null;
  /** What was noticed while reading, gravest first; at most 100. */
  readonly problems: readonly Problem[];
  /** How much was noticed in all. */
  readonly problemCount: number;

  readonly #handle: Handle;
  #freed = false;

  private constructor(opened: Opened) {
    this.#handle = handleOf(opened.handle);
    this.id = opened.portal_id;
    this.name = opened.portal_name;
    this.api = opened.api;
    this.region = opened.region;
    this.asOf = opened.as_of;
    this.completeness = opened.completeness;
    this.sha256 = opened.sha256;
    this.problems = opened.problems;
    this.problemCount = opened.problem_count;
    freeWith(this, this.#handle);
  }

  /**
   * Reads a snapshot: the bytes or the text of the file that `gatepass export` wrote, or the object in it.
   *
   * @throws {GatepassError} `snapshot_refused` with every problem, if one has severity `error`.
   */
  static parse(snapshot: string | ArrayBuffer | ArrayBufferView | object, options: ParseOptions = {}): Portal {
    const settings = toJson({ allow_partial: options?.allowPartial ?? false, digest: true });
    return new Portal(JSON.parse(open(settings, bytesOf(snapshot))) as Opened);
  }

  /** Decides and explains. Actions: `consume` (the default), `register`, `view`, `log_in`, … */
  decide(question: Question): Decision {
    return askOf(this.#open(), "decide", question);
  }

  /** Decides many questions at once; answers in order, an error in the place of what is no question. */
  decideMany(questions: readonly Question[]): DecisionOrError[] {
    return askOf(this.#open(), "decide_many", questions);
  }

  /** Decides, with the text that `gatepass decide` shows at a shell. */
  explain(question: Question): Explanation {
    return askOf(this.#open(), "explain", question);
  }

  /** Makes a report. The same snapshot, `now` and options give the same bytes. */
  report<N extends ReportName>(name: N, options: ReportOptions): Report<N> {
    const now = options?.now;
    return askOf(this.#open(), "report", { ...options, report: name, now: timeOf(now) });
  }

  /** Everything that is there, as ids and names. */
  contents(): Contents {
    return askOf(this.#open(), "contents");
  }

  /** The portal as it would be after these changes, such as the fixes of a decision; free it like any other. */
  whatIf(changes: readonly Change[]): Portal {
    return new Portal(askOf<Opened>(this.#open(), "what_if", { changes }));
  }

  /**
   * Plans approvals by rules, as in the rules file of `gatepass plan approvals`; `apply` carries the plan out.
   *
   * @throws {GatepassError} `rules_refused` with everything that is wrong with the rules.
   */
  planApprovals(rules: object): Plan {
    return askOf(this.#open(), "plan_approvals", { rules });
  }

  /**
   * Plans the change of one status: of the developer, application or registration that is named.
   *
   * @throws {GatepassError} `subject_unknown`, or the code of the rule of the profile that forbids it.
   */
  planStatus(wanted: StatusPlanBody): Plan {
    return askOf(this.#open(), "plan_status", wanted);
  }

  /** Plans the revocation of what Konnect still lets through and the rule does not: what the report `stale_access` lists. */
  planRevokeStale(options: RevokeStaleOptions): Plan {
    return askOf(this.#open(), "plan_revoke_stale", { ...options, now: timeOf(options?.now) });
  }

  /**
   * Whose access changes from this portal to another: another snapshot of it, or what `whatIf` gave.
   *
   * @throws {GatepassError} if the other portal was freed.
   */
  diff(other: Portal, options: DiffOptions = {}): PortalDiff {
    const { otherPolicy, ...rest } = options ?? {};
    const handle = other instanceof Portal ? other.#open() : undefined;
    if (handle !== undefined && handle.generation !== this.#handle.generation) {
      throw new GatepassError("handle_lost", "the module had to begin anew since one of the portals was opened", { path: "/other" });
    }
    return askOf(this.#open(), "diff", { ...rest, other_policy: otherPolicy, other: handle?.number ?? null });
  }

  /** Everything that is wrong with rules of approval, for this portal; empty if they can be used. */
  checkRules(rules: object): Problem[] {
    return askOf(this.#open(), "check_rules", { rules });
  }

  /** The bundle for a gateway, as bytes. */
  toBundle(options: BundleBody = {}): Uint8Array {
    return askBytes(this.#open(), "to_bundle", new TextEncoder().encode(toJson(options)));
  }

  /** The statement of how fresh that bundle is, for gateways of an audience. */
  bundleTimestamp(options: BundleTimestampBody): BundleTimestamp {
    return askOf(this.#open(), "bundle_timestamp", options);
  }

  /** Frees the portal's memory. Twice is harmless; asking afterwards is an error. */
  free(): void {
    if (this.#freed) return;
    this.#freed = true;
    freeNow(this, this.#handle);
  }

  #open(): Handle {
    if (this.#freed) throw new GatepassError("handle_unknown", "the portal was freed; parse the snapshot again");
    return this.#handle;
  }
}

/** With `using`, where the language has it. Assigned here, because older hosts lack the symbol. */
export interface Portal {
  [Symbol.dispose](): void;
}
const dispose: typeof Symbol.dispose = Symbol.dispose ?? Symbol.for("Symbol.dispose");
Portal.prototype[dispose] = Portal.prototype.free;

function bytesOf(snapshot: unknown): Uint8Array {
  if (snapshot instanceof Uint8Array) return snapshot;
  if (snapshot instanceof ArrayBuffer) return new Uint8Array(snapshot);
  if (ArrayBuffer.isView(snapshot)) return new Uint8Array(snapshot.buffer, snapshot.byteOffset, snapshot.byteLength);
  return new TextEncoder().encode(typeof snapshot === "string" ? snapshot : toJson(snapshot));
}

function timeOf(now: unknown): unknown {
  if (!(now instanceof Date)) return now;
  if (Number.isNaN(now.getTime())) throw new GatepassError("value_invalid", "`now` is not a time", { path: "/now" });
  return now.toISOString();
}

export type { Policy };
