// The reports as pictures. Each says in a sentence what it shows, for whoever cannot see it.

import * as Plot from "@observablehq/plot";

const words = (code) => code.replaceAll("_", " ");
const STYLE = { fontSize: "13px", background: "none" };
// Readable on white and on black.
const COLOUR = { bar: "#3b7dd8", wait: "#c77700", consumer: "#2e8b57", viewer: "#7fb3a0", none: "#8884" };

/** How many developers got how far. */
export function funnel(rows) {
  const steps = rows.filter(({ developers }) => developers !== null).map(({ step, developers }) => ({ step: words(step), developers }));
  const picture = Plot.plot({
    style: STYLE,
    marginLeft: 150,
    marginRight: 30,
    height: 40 + 30 * steps.length,
    x: { axis: null },
    y: { label: null, domain: steps.map(({ step }) => step) },
    marks: [
      Plot.barX(steps, { x: "developers", y: "step", fill: COLOUR.bar }),
      Plot.text(steps, { x: "developers", y: "step", text: "developers", dx: 6, textAnchor: "start" }),
    ],
  });
  return { picture, summary: `${steps.map(({ step, developers }) => `${developers} ${step}`).join(", ")}.` };
}

/** How long what waits has waited. */
export function ages(rows) {
  const waits = rows.filter(({ age_hours: hours }) => hours !== null).map(({ kind, age_hours }) => ({ kind, days: age_hours / 24 }));
  const oldest = Math.max(0, ...waits.map(({ days }) => days));
  const picture = Plot.plot({
    style: STYLE,
    marginLeft: 90,
    height: 190,
    x: { label: "days", domain: [0, Math.max(1, oldest * 1.05)], grid: true },
    y: { type: "point", label: null, domain: ["developer", "application", "registration"], grid: true },
    marks: [Plot.dot(waits, { x: "days", y: "kind", r: 6, fill: COLOUR.wait, fillOpacity: 0.6 })],
  });
  return { picture, summary: waits.length ? `${waits.length} wait; the oldest for ${Math.floor(oldest)} days.` : "Nothing waits." };
}

/** Which team may do what with which resource. */
export function matrix(rows) {
  const cells = rows.map(({ team_name: team, resource_name: resource, role }) => ({ team, resource, role }));
  const roles = [...new Set(cells.map(({ role }) => role))].sort();
  const consuming = cells.filter(({ role }) => role === "consumer").length;
  const picture = Plot.plot({
    style: STYLE,
    marginLeft: 90,
    marginBottom: 50,
    x: { label: null, tickRotate: -20 },
    y: { label: null },
    padding: 0.06,
    color: { domain: roles, range: roles.map((role) => COLOUR[role] ?? COLOUR.none), legend: true },
    marks: [Plot.cell(cells, { x: "resource", y: "team", fill: "role" })],
  });
  return { picture, summary: `${consuming} of ${cells.length} pairs of a team and a resource have API Consumer.` };
}
