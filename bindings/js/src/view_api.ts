/** What needs no portal: what a page asks about the objects that it has. */

import { ask } from "./engine.js";
import type { EmailDomain, ReasonEntry, Version } from "./types.js";

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
  PortalAccess,
  PortalAssumption,
  PortalVerdict,
  Problem,
  Reason,
  ReasonEntry,
  RegistrationOutcome,
  Severity,
  SuggestedStep,
  Version,
  Warning,
  Who,
} from "./types.js";
