// Times decisions in V8: cargo build -p gatepass --example decide_wasm --profile wasm --target wasm32-unknown-unknown
// then: node crates/core/benches/wasm/run.mjs [file.wasm]
import { readFileSync } from "node:fs";

const file = process.argv[2] ?? "target/wasm32-unknown-unknown/wasm/examples/decide_wasm.wasm";
const { instance } = await WebAssembly.instantiate(readFileSync(file), {});
const { prepare, run, hash } = instance.exports;

/** Nanoseconds a call of `work(count)` takes for each of its `count`, median and spread of nine. */
function time(work, count) {
  work(count);
  const taken = Array.from({ length: 9 }, () => {
    const began = process.hrtime.bigint();
    work(count);
    return Number(process.hrtime.bigint() - began) / count;
  }).sort((a, b) => a - b);
  return `${taken[4].toFixed(0)} ns (${taken[0].toFixed(0)}–${taken[8].toFixed(0)})`;
}

console.log(`node ${process.version}`);
console.log(`SHA-256 of a key        ${time(hash, 200_000)}`);
for (const applications of [10_000, 1_000_000]) {
  const bytes = prepare(applications);
  if (bytes === 0) throw new Error("the bundle could not be built");
  console.log(`${applications} applications, ${bytes} bytes: decide ${time(run, 500_000)}`);
}
