import { ask } from "./engine.js";
import type { Action, Catalogue, CatalogueEntry, PortalAccess, PortalVerdict } from "./types.js";

/** What a decision reads of a portal: Konnect's `PortalContext`, of client API v2 or v3. */
export interface PortalLike {
  readonly rbac_enabled?: boolean | null;
  /** v2: everyone may see what is published, and nobody registers. */
  readonly is_public?: boolean | null;
  /** v3: whether developers sign in at all. */
  readonly authentication_enabled?: boolean | null;
}

/** What a decision reads of `/products/{id}/actions` or `/apis/{id}/actions`: `actions` in it. */
export interface ActionsLike {
  readonly view?: boolean | null;
  readonly register?: boolean | null;
}

/** An auth strategy; only its id matters. */
export interface StrategyLike {
  readonly id?: string | null;
}

/** What a decision reads of an application: of any list or answer of the client API. */
export interface ApplicationLike {
  readonly id?: string;
  readonly name?: string;
  readonly status?: string | null;
  /** v3: the team that owns it. */
  readonly team_id?: string | null;
  readonly auth_strategy?: StrategyLike | null;
  /** As in the applications of a version or an API: null if there is no registration. */
  readonly registration_status?: string | null;
}

/** What a decision reads of a registration, or of a listed application with its `registration_status`. */
export type RegistrationLike = { readonly status: string | null } | { readonly registration_status: string | null };

/** A registration configuration of a product version (v2). */
export interface RegistrationConfigLike {
  readonly id?: string | null;
  readonly registration_enabled?: boolean | null;
  readonly registration_auto_approve?: boolean | null;
}

/** What a decision reads of a product version (v2) or an API (v3). */
export interface ResourceLike {
  readonly id?: string;
  readonly name?: string;
  /** v3: the API's version. */
  readonly version?: string | null;
  /** v3: `public` or `private`. */
  readonly visibility?: string | null;
  readonly deprecated?: boolean | null;
  readonly publish_status?: string | null;
  readonly registration_configs?: readonly RegistrationConfigLike[] | null;
  readonly auth_strategies?: readonly StrategyLike[] | null;
}

/** What a front end knows. Each member is Konnect's own object, or null if there is none. */
export interface PortalViewInput {
  readonly portal?: PortalLike | null;
  /** The whole answer of the actions operation, or `actions` in it. */
  readonly actions?: ActionsLike | { readonly actions: ActionsLike } | null;
  readonly application?: ApplicationLike | null;
  readonly registration?: RegistrationLike | null;
  readonly resource?: ResourceLike | null;
  /** Whether somebody is signed in; true if left out. */
  readonly signedIn?: boolean;
}

/**
 * What the signed-in developer may do with a resource: see it, register an application for it, call it.
 *
 * What cannot be read denies. Nothing is asked of any server.
 */
export function accessFor(view: PortalViewInput): PortalAccess {
  const { signedIn, ...rest } = view ?? {};
  return ask("access_for", signedIn === undefined ? rest : { ...rest, signed_in: signedIn });
}

let english: Catalogue | undefined;

/** The English sentences by code, for translators. */
export function catalogue(): Catalogue {
  english ??= ask<Catalogue>("catalogue");
  return english;
}

/** Sentences by code: of an action (`allowed.call`), a reason (`denied.role_missing`) or a next step. */
export interface Translation {
  readonly allowed?: Readonly<Partial<Record<Action, string>>>;
  readonly denied?: Readonly<Partial<Record<string, string>>>;
  readonly next_steps?: Readonly<Partial<Record<string, string>>>;
}

/**
 * The message of a verdict in another language; English where the translation has no sentence.
 *
 * Names are put in once and never read again: a name with braces in it stays as it is.
 */
export function translate(verdict: PortalVerdict, action: keyof Omit<PortalAccess, "assumptions">, translation: Translation): string {
  const wire: Action = action === "call" ? "consume" : action;
  const sentence = verdict.code === null ? translation.allowed?.[wire] : translation.denied?.[verdict.code];
  if (sentence === undefined) return verdict.message;
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(verdict.params, name) ? (verdict.params[name] ?? whole) : whole,
  );
}

/** The sentence of a next step in another language; English where the translation has none. */
export function translateNextStep(verdict: PortalVerdict, translation: Translation): string | null {
  const step = verdict.next_step;
  return step === null ? null : (translation.next_steps?.[step.code] ?? step.message);
}

export type { Catalogue, CatalogueEntry };
