/** Everything the package has, whichever way the module is loaded. */

import { ask } from "./engine.js";
import type { ReportName } from "./types.js";

export * from "./view_api.js";
export { Portal, type DiffOptions, type ParseOptions, type Question, type Report, type ReportOptions, type RevokeStaleOptions } from "./portal.js";
export { exportPortal, type Exported, type ExportOptions } from "./konnect_export.js";
export { apply, type Applied, type ApplyOptions, type Journal } from "./konnect_apply.js";

/** The names of the reports. */
export function reportNames(): ReportName[] {
  return ask("report_names");
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
  DiffCounts,
  DiffRow,
  DiffSide,
  Difference,
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
  PortalDiff,
  PortalVerdict,
  Problem,
  QuestionErrorAnswer,
  Reason,
  ReasonCounts,
  ReasonEntry,
  Region,
  RegistrationEntry,
  RegistrationOutcome,
  ReportName,
  ReportRowTypes,
  ResourceCounts,
  ResourceEntry,
  Severity,
  StaleAccess,
  StatusPlanBody,
  Subject,
  SuggestedStep,
  TeamCounts,
  TeamEntry,
  TeamReadiness,
  Verdict,
  Version,
  Warning,
  Who,
} from "./types.js";
