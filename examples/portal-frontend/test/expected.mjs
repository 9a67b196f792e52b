// What the sample portal's people are told, word for word.

/** Who may not sign in, and why. */
export const REFUSED = {
  "Ben Okafor": "Developer `Ben Okafor` was revoked.",
  "Cy Laurent": "Developer `Cy Laurent` is waiting for approval.",
  "Dee Martins": "Developer `Dee Martins` was rejected.",
  "Eve Novak": "Status of developer `Eve Novak` is not a known word.",
};

const said = (application, api, code, ...text) => ({ application, api, expected: [{ code, text: text.join(" | ") }] });
const MORE_ACCESS = "admin’s turn Ask an admin of the portal for a team that may call the API.";
const ASK_WHY = "admin’s turn Ask an admin of the portal for the reason, and to approve it.";
const WAIT = "admin’s turn Wait until an admin of the portal approves it.";

/** Every state that a card can be in, before anything is changed. */
export const STATES = {
  "Ada Stern": [
    said("Storefront", "Orders v1", "allowed", "Call: yes", "Application Storefront may call Orders v1."),
    said("Storefront", "Payments v1", "role_missing", "Register: no", "No team gives a role on Payments v1.", MORE_ACCESS),
    said("Loyalty", "Orders v1", "registration_pending", "Call: no", "Registration of application Loyalty for Orders v1 is waiting for approval.", WAIT),
    said("Loyalty", "Orders v2", "allowed", "Register: yes", "Application Loyalty may register for Orders v2."),
    said("Coupons", "Orders v1", "registration_rejected", "Call: no", "Registration of application Coupons for Orders v1 was rejected.", ASK_WHY),
    said("Kiosk", "Orders v1", "registration_revoked", "Call: no", "Registration of application Kiosk for Orders v1 was revoked.", ASK_WHY),
    said("Labels", "Orders v1", "registration_unrecognized", "Call: no", "Status of the registration of application Labels for Orders v1 is not a known word.", "admin’s turn Ask an admin of the portal to look into it."),
    said("Warehouse", "Orders v1", "allowed", "Register: yes", "Application Warehouse may register for Orders v1."),
  ],
  "Fay Lindqvist": [
    said("Docs", "Orders v1", "role_viewer_only", "Call: no", "Teams give only API Viewer on Orders v1, and API Consumer is needed.", MORE_ACCESS),
    said("Docs", "Orders v2", "role_viewer_only", "Register: no", "Teams give only API Viewer on Orders v2, and API Consumer is needed.", MORE_ACCESS),
  ],
  "Gus Romero": [
    said("Freelance", "Orders v1", "role_missing", "Call: no", "No team gives a role on Orders v1.", MORE_ACCESS),
    said("Freelance", "Orders v2", "role_missing", "Register: no", "No team gives a role on Orders v2.", MORE_ACCESS),
  ],
  "Hal Weiss": [
    said("Ledger", "Orders v1", "registration_pending", "Call: no", "Registration of application Ledger for Orders v1 is waiting for approval.", WAIT),
    said("Ledger", "Orders v2", "role_viewer_only", "Register: no", "Teams give only API Viewer on Orders v2, and API Consumer is needed.", MORE_ACCESS),
    said("Ledger", "Payments v1", "allowed", "Call: yes", "Application Ledger may call Payments v1."),
  ],
};
