/** What needs no portal: what a page asks about the objects that it has. */

import { ask } from "./engine.js";
import type { CheckedRequest, EmailDomain, ReasonEntry, RequestTypeEntry, Version } from "./types.js";

export { GatepassError } from "./error.js";
export {
  accessFor,
  catalogue,
  translate,
  translateNextStep,
  type ActionsLike,
  type ApplicationLike,
  type PortalLike,
  type PortalViewInput,
  type RegistrationConfigLike,
  type RegistrationLike,
  type ResourceLike,
  type StrategyLike,
  type Translation,
} from "./portal_view.js";
export { collectPages, type Collected, type PageLike } from "./collect_pages.js";

/** What rules of approval compare. */
export const approvals = {
  /**
   * The domain of an e-mail address, in lower case.
   *
   * @throws {GatepassError} with the code of what is odd about the address; nobody is approved by such a one.
   */
  domainOf(email: string): string {
    return ask<EmailDomain>("email_domain", { email }).domain;
  },
} as const;

/** Which form of a request is meant, where there are several. */
export interface RequestChoice {
  /** Of which generation of the portal's API. */
  readonly api?: "v2" | "v3";
  /** Who sends it. */
  readonly by?: "developer" | "admin";
}

/** Checks of request bodies before they are sent, as `gatepass check --type` makes them. */
export const validate = {
  /** The kinds of requests: `sign_up`, `application`, `team`, … */
  types(): RequestTypeEntry[] {
    return ask("request_types");
  },
  /**
   * Everything that is wrong with the body of a request.
   *
   * @throws {GatepassError} if there is no such kind of request.
   */
  request(type: string, body: unknown, choice: RequestChoice = {}): CheckedRequest {
    return ask("check_request", { ...choice, type, body });
  },
  /**
   * The form of a request as JSON Schema, for pages that check while somebody types.
   *
   * @throws {GatepassError} if there is no such kind of request, or none of that choice.
   */
  schema(type: string, choice: RequestChoice = {}): Record<string, unknown> {
    return ask("request_schema", { ...choice, type });
  },
} as const;

/** Every reason in listing order, with its HTTP status and a sentence without names. */
export function reasons(): ReasonEntry[] {
  return ask("reasons");
}

/** What runs here. */
export function version(): Version {
  return ask("version");
}

export type {
  Action,
  Catalogue,
  CatalogueEntry,
  CheckedRequest,
  PortalAccess,
  PortalAssumption,
  PortalVerdict,
  Problem,
  Reason,
  ReasonEntry,
  RegistrationOutcome,
  RequestTypeEntry,
  Severity,
  SuggestedStep,
  Version,
  Warning,
  Who,
} from "./types.js";
