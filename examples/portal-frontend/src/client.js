// The portal's server, as this page asks it: the paths and objects of Konnect's Portal Client API v2.

import { collectPages } from "gatepass/view";

/** What the server refused, with the sentence it gave. */
export class Refused extends Error {
  constructor(status, { title, message, detail, code }) {
    super(message ?? detail ?? title ?? `the server answered ${status}`);
    this.status = status;
    this.code = code;
  }
}

async function ask(path, { method = "GET", body } = {}) {
  const response = await fetch(path, {
    method,
    headers: body === undefined ? {} : { "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw new Refused(response.status, answer);
  return answer;
}

/** A list to its end; a list that is not whole is worth an error, not a shorter page. */
async function all(path) {
  const { items, total, complete } = await collectPages((number) => ask(`${path}?page[number]=${number}&page[size]=100`));
  if (!complete) throw new Error(`${path} has ${total} objects, and ${items.length} came: load the page again`);
  return items;
}

export const session = {
  people: () => ask("/api/session/people"),
  now: () => ask("/api/session"),
  signIn: (who) => ask("/api/session", { method: "POST", body: who }),
  signOut: () => ask("/api/session", { method: "DELETE" }),
};

export const portalApi = {
  portal: () => ask("/api/v2/portal"),
  products: () => all("/api/v2/products"),
  versions: (product) => all(`/api/v2/products/${product}/versions`),
  actions: (product) => ask(`/api/v2/products/${product}/actions`),
  applications: () => all("/api/v2/applications"),
  registrations: (application) => all(`/api/v2/applications/${application}/registrations`),
  register: (application, version) =>
    ask(`/api/v2/applications/${application}/registrations`, { method: "POST", body: { product_version_id: version } }),
};

export const adminApi = {
  snapshot: async () => new Uint8Array(await (await fetch("/api/admin/snapshot")).arrayBuffer()),
  carryOut: (plan) => ask("/api/admin/plans", { method: "POST", body: plan }),
};

/** Everything the developer's pages show, asked for once. */
export async function loadPortal() {
  const [portal, products, applications] = await Promise.all([portalApi.portal(), portalApi.products(), portalApi.applications()]);
  const resources = await Promise.all(
    products.map(async (product) => {
      const [versions, actions] = await Promise.all([portalApi.versions(product.id), portalApi.actions(product.id)]);
      return versions.map((version) => ({ product, version, actions }));
    }),
  );
  const registrations = new Map(
    await Promise.all(applications.map(async ({ id }) => [id, await portalApi.registrations(id)])),
  );
  return { portal, applications, registrations, resources: resources.flat() };
}
