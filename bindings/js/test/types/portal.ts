// Compiled, never run: Kong's own objects go in as they are, and answers have their types.

import type {
  GetApplicationResponse,
  GetRegistrationResponse,
  ListRegistrationsResponse,
  PortalContext,
  ProductActionsResponse,
  ProductVersion,
  ProductVersionApplication,
} from "@kong/sdk-portal-js";
import { GatepassError, Portal, accessFor, collectPages, type PortalAccess, type Reason, type Report } from "gatepass";
import { init, initSync } from "gatepass/slim";

declare const context: PortalContext;
declare const actions: ProductActionsResponse;
declare const application: GetApplicationResponse;
declare const listed: ProductVersionApplication;
declare const registration: GetRegistrationResponse;
declare const version: ProductVersion;
declare const registrations: ListRegistrationsResponse;

const access: PortalAccess = accessFor({ portal: context, actions, application, registration, resource: version });
accessFor({ portal: context, actions: actions.actions, application: listed, registration: listed, resource: version });
accessFor({ portal: null, actions: null, application: null, registration: null, resource: null, signedIn: false });
registrations.data.map((each) => accessFor({ portal: context, actions, application, registration: each, resource: version }));

// Portal API v3, whose `registration_status` is nullable.
interface ApiApplication {
  id: string;
  name: string;
  registration_id: string | null;
  registration_status: "approved" | "pending" | "rejected" | "revoked" | null;
}
declare const v3: ApiApplication;
accessFor({
  portal: { rbac_enabled: true, authentication_enabled: true },
  actions,
  application: v3,
  registration: v3,
  resource: { id: "1", name: "Orders", version: null, visibility: "private", auth_strategies: [{ id: "2" }] },
});

const code: Reason | null = access.call.code;
// @ts-expect-error there is no such code
const wrong: Reason = "registration_odd";
// @ts-expect-error a registration has a status
accessFor({ registration: {} });

declare const bytes: Uint8Array;
const portal = Portal.parse(bytes, { allowPartial: true });
const decision = portal.decide({ application_id: "1", resource_id: "2", policy: "konnect" });
if (decision.fixes !== null) {
  for (const fix of decision.fixes) {
    if (fix.change === "assign_role") {
      const role: "API Viewer" | "API Consumer" = fix.role_name;
      void role;
    }
  }
}
const report: Report<"blocked_developers"> = portal.report("blocked_developers", { now: new Date(), older_than: "48h" });
const stage: "waiting_for_approval" | "rejected_or_revoked" | "nothing_to_register_for" | "never_registered" | undefined = report.rows[0]?.stage;
// @ts-expect-error `now` is needed
portal.report("funnel", {});
// @ts-expect-error rows of the funnel have no stage
portal.report("funnel", { now: "2026-11-25T12:00:00Z" }).rows[0]?.stage;
for (const answer of portal.decideMany([{ application_id: "1", resource_id: "2" }])) {
  const reason: string | null = "error" in answer ? answer.error.code : answer.reason;
  void reason;
}
try {
  portal.free();
} catch (error) {
  if (error instanceof GatepassError) void error.problems[0]?.remedy;
}
const { items, complete } = await collectPages(async () => registrations);
const first: GetRegistrationResponse | undefined = items[0];
await init(new URL("https://example.org/gatepass.wasm"));
initSync(bytes);
export { code, complete, first, stage, wrong };
