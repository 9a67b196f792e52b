// The objects that Konnect's Portal Client API (v2) shows to the signed-in developer, out of an export.

const page = (data) => ({ data, meta: { page: { number: 1, size: Math.max(1, data.length), total: data.length } } });

export class ClientApi {
  constructor(konnect) {
    this.konnect = konnect;
  }

  get #lists() {
    return this.konnect.lists;
  }

  /** Who can be chosen on the sign-in page. A real portal asks for a password; this one has none. */
  people() {
    return this.#lists.developers.map(({ id, full_name, email }) => ({ id, full_name, email }));
  }

  /** May they sign in? The decision, with its sentence for whoever is turned away. */
  mayLogIn(developerId) {
    return this.konnect.portal.decide({ action: "log_in", developer_id: developerId });
  }

  developer(id) {
    const { full_name, email } = this.#lists.developers.find((developer) => developer.id === id) ?? {};
    return { id, full_name, email };
  }

  portal() {
    const { id, name, rbac_enabled, is_public } = this.#lists.portal;
    return { id, name, rbac_enabled, is_public };
  }

  products() {
    const ofPortal = new Set(this.#published().map((version) => version.product_id));
    return page(this.#lists.products.filter((product) => ofPortal.has(product.id)));
  }

  versions(productId) {
    return page(this.#published().filter((version) => version.product_id === productId).map(clientVersion));
  }

  /** What Konnect computes from teams and roles, and tells without a reason. */
  actions(productId, developerId) {
    const ofProduct = this.#published().filter((version) => version.product_id === productId);
    const role = (action) => ofProduct.some((version) => this.#allowedByRoles(action, version.id, developerId));
    const [view, register] = [role("view"), role("register")];
    return { actions: { view, register, view_documentation: view } };
  }

  applications(developerId) {
    return page(this.#owned(developerId).map(({ id, name, description, auth_strategy }) => ({ id, name, description, auth_strategy })));
  }

  registrations(applicationId, developerId) {
    if (!this.owns(applicationId, developerId)) return undefined;
    const own = this.#lists.registrations.filter((registration) => registration.application.id === applicationId);
    const version = (id) => this.#lists.product_versions.find((one) => one.id === id);
    return page(own.map(({ id, status, created_at, product_version }) => {
      const { name, product_id } = version(product_version.id) ?? {};
      const product = this.#lists.products.find((one) => one.id === product_id);
      return { id, status, created_at, product_version_id: product_version.id, product_version_name: name, product_id, product_name: product?.name };
    }));
  }

  owns(applicationId, developerId) {
    return this.#owned(developerId).some((application) => application.id === applicationId);
  }

  #owned(developerId) {
    return this.#lists.applications.filter((application) => application.developer?.id === developerId);
  }

  #published() {
    return this.#lists.product_versions.filter((version) => version.publish_status === "published");
  }

  /** Konnect's actions are about roles only: what else stands in the way of a registration is not theirs to say. */
  #allowedByRoles(action, resourceId, developerId) {
    const { portal } = this.konnect;
    if (action === "view") return portal.decide({ action, developer_id: developerId, resource_id: resourceId }).decision === "allow";
    return this.#owned(developerId).some(({ id }) => {
      const { blockers } = portal.decide({ action, application_id: id, developer_id: developerId, resource_id: resourceId });
      return !blockers.includes("role_missing") && !blockers.includes("role_viewer_only");
    });
  }
}

function clientVersion({ id, name, product_id, deprecated, publish_status, application_registration_enabled, auto_approve_registration, auth_strategy_ids }) {
  const registration_configs = (auth_strategy_ids ?? []).map((strategy) => ({
    id: strategy,
    registration_enabled: application_registration_enabled,
    registration_auto_approve: auto_approve_registration,
  }));
  return { id, name, product_id, deprecated, publish_status, registration_configs };
}
