// Memory stays as it is: many decisions, and many portals opened and freed. The module's own memory is looked at.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as glue from "../src/glue/gatepass.js";
import { application_id, resource_id, snapshot } from "./support/portal.mjs";

const { memory } = glue.initSync({ module: readFileSync(new URL("../dist/gatepass.wasm", import.meta.url)) });
const gateway = snapshot("gateway");
const open = () => JSON.parse(glue.open('{"digest":true}', gateway)).handle;

function flat(warm, times, work) {
  for (let at = 0; at < warm; at += 1) work(at);
  const before = memory.buffer.byteLength;
  for (let at = 0; at < times; at += 1) work(at);
  assert.equal(memory.buffer.byteLength, before, "the module's memory has grown");
}

test("decisions", () => {
  const handle = open();
  const question = JSON.stringify({ application_id, resource_id });
  flat(1000, 1_000_000, () => glue.call(handle, "decide", question));
  flat(1000, 100_000, () => {
    assert.throws(() => glue.call(handle, "decide", "{}"));
  });
  glue.close(handle);
});

test("portals opened and freed", () => {
  flat(20, 10_000, () => {
    const handle = open();
    glue.call(handle, "report", '{"report":"blocked_developers","now":"2026-11-25T12:00:00Z"}');
    assert.ok(glue.close(handle));
  });
});

test("exports begun and left", () => {
  const begin = JSON.stringify({ portal_name: "Orders" });
  flat(20, 10_000, () => {
    const { handle } = JSON.parse(glue.call(0, "crawl_new", begin));
    glue.call(handle, "crawl_next", '{"now":"2026-11-25T12:00:00Z"}');
    assert.ok(glue.close(handle));
  });
});
