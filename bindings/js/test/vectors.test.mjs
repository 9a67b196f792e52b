// The vectors that every host runs: the same calls give the same bytes as in Rust.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import * as glue from "../src/glue/gatepass.js";
import * as viewGlue from "../src/glue/view/gatepass.js";

const vectors = new URL("../../../tests/vectors/", import.meta.url);
glue.initSync({ module: readFileSync(new URL("../dist/gatepass.wasm", import.meta.url)) });
viewGlue.initSync({ module: readFileSync(new URL("../dist/view.wasm", import.meta.url)) });

/** What the small module has. */
const VIEW = new Set(["reasons", "version", "catalogue", "access_for", "email_domain", "request_types", "check_request", "request_schema"]);

/** A call's answer or error, as text; bytes in hexadecimal digits. */
function asked(run) {
  try {
    return run();
  } catch (thrown) {
    assert.equal(typeof thrown, "string", `a trap: ${thrown}`);
    return `error ${thrown}`;
  }
}

for (const name of readdirSync(new URL("calls/", vectors)).sort()) {
  test(`calls/${name}`, () => {
    const vector = JSON.parse(readFileSync(new URL(`calls/${name}`, vectors), "utf8"));
    let handle = 0;
    if (vector.snapshot !== null) {
      const opened = JSON.parse(glue.open("{}", readFileSync(new URL(`snapshots/${vector.snapshot}`, vectors))));
      handle = opened.handle;
    }
    assert.ok(vector.calls.length > 0);
    for (const { method, body, answer, error } of vector.calls) {
      const got = asked(() => glue.call(handle, method, body));
      assert.equal(got, answer ?? `error ${error}`, `${method} ${body}`);
      if (handle !== 0) continue;
      const small = asked(() => viewGlue.call(0, method, body));
      if (VIEW.has(method)) assert.equal(small, got, `${method} ${body} of the small module`);
      else assert.match(small, /"code":"method_unknown"/, `${method} of the small module`);
    }
    if (handle !== 0) assert.ok(glue.close(handle));
  });
}
