// Konnect, as a portal's server sees it: one export, held until something changes.

import { Portal, apply, exportPortal } from "gatepass";

export class Konnect {
  #connection;
  #emulator;
  /** @type {Portal} */ portal;
  /** @type {string} */ text;
  /** The lists of the export, for what the page shows as they are. */ lists;

  constructor(connection) {
    this.#connection = connection;
    this.#emulator = new URL("/_emulator/", connection.baseUrl);
  }

  /** Reads the portal anew. */
  async refresh() {
    const { snapshot } = await exportPortal(this.#connection);
    // The sample portal has statuses that Konnect has no word for, to show that they deny.
    const portal = Portal.parse(snapshot, { allowPartial: true });
    this.portal?.free();
    this.portal = portal;
    this.text = snapshot;
    this.lists = JSON.parse(snapshot);
  }

  /** Carries out a plan that an admin looked at in the page. */
  async carryOut(plan) {
    const { portalName, ...connection } = this.#connection;
    const { summary } = await apply(plan, { ...connection, yes: true });
    await this.refresh();
    return summary;
  }

  /** What a developer does in their portal; Konnect's own API for it is closed to us, the emulator's is beside it. */
  async register(applicationId, resourceId) {
    const response = await fetch(new URL("registrations", this.#emulator), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ application_id: applicationId, resource_id: resourceId }),
    });
    const body = await response.json();
    if (response.ok) await this.refresh();
    return { status: response.status, body };
  }
}
