/** Everything the package has, whichever way the module is loaded. */

import { ask } from "./engine.js";
import type { EmailDomain, ReasonEntry, ReportName, Version } from "./types.js";

export { GatepassError } from "./error.js";
export { Portal, type ParseOptions, type Question, type Report, type ReportOptions } from "./portal.js";
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
export { exportPortal, type Exported, type ExportOptions } from "./konnect_export.js";
export { apply, type Applied, type ApplyOptions, type Journal } from "./konnect_apply.js";

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

/** The names of the reports. */
export function reportNames(): ReportName[] {
  return ask("report_names");
}

/** What runs here. */
export function version(): Version {
  return ask("version");
}

export type {
  AccessCell,
  Action,
  Api,
  ApplySummary,
  ApplicationEntry,
  BlockedApplication,
  BundleBody,
  BundleTimestamp,
  BundleTimestampBody,
  Catalogue,
  CatalogueEntry,
  Change,
  Completeness,
  Contents,
  CrawlNotes,
  CrawlProgress,
  Decision,
  DecisionOrError,
  DeveloperEntry,
  DeveloperRow,
  Executable,
  Explanation,
  Fix,
  FollowUp,
  FunnelRow,
  JournalEntry,
  MissingPermission,
  NextStep,
  Notice,
  OutlineLine,
  PartialList,
  PendingApproval,
  Plan,
  PlannedChange,
  Policy,
  PortalAccess,
  PortalAssumption,
  PortalVerdict,
  Problem,
  QuestionErrorAnswer,
  Reason,
  ReasonEntry,
  Region,
  RegistrationEntry,
  RegistrationOutcome,
  ReportName,
  ReportRowTypes,
  ResourceEntry,
  Severity,
  StaleAccess,
  Subject,
  SuggestedStep,
  TeamEntry,
  TeamReadiness,
  Verdict,
  Version,
  Warning,
  Who,
} from "./types.js";
