import { readFileSync } from "node:fs";

const snapshots = new URL("../../../../tests/vectors/snapshots/", import.meta.url);

/** The bytes of a snapshot of the vectors. */
export const snapshot = (name) => readFileSync(new URL(`${name}.json`, snapshots));

export const application_id = "a0000000-0000-4000-8000-000000000001";
export const resource_id = "e0000000-0000-4000-8000-000000000001";
