// The decision, for the objects that the page has.

import { accessFor } from "gatepass/view";

/** The application's registration for a product version; null if there is none. */
export const registrationFor = ({ registrations }, application, version) =>
  registrations.get(application?.id)?.find(({ product_version_id: id }) => id === version.id) ?? null;

/** What the signed-in developer may do with a product version, and with which application. */
export function access(loaded, { product, version, actions }, application) {
  return accessFor({
    portal: loaded.portal,
    actions,
    application: application ?? null,
    registration: registrationFor(loaded, application, version),
    resource: { ...version, name: `${product.name} ${version.name}` },
  });
}

/** A sentence of the package as a page shows it. */
export const sentence = (text) => (text ? `${text[0].toUpperCase()}${text.slice(1)}.` : "");
