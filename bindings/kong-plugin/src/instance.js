'use strict'

const { imports } = require('./abi')

/** The id of the one root context. */
const ROOT = 1

/**
 * One instance of the filter's module, with the one configuration it was started with.
 *
 * What a callback reads and writes is in `turn`: there is one at a time, because the module is never called from
 * within itself.
 */
class Instance {
  /**
   * @param module the compiled filter
   * @param host what the instance asks for outside requests: `configuration`, `log`, `call`, `tickEvery`, `metrics`
   */
  constructor(module, host) {
    this.host = host
    this.turn = null
    this.exports = new WebAssembly.Instance(module, { env: imports(this) }).exports
    this.exports._initialize()
    this.exports.proxy_on_context_create(ROOT, 0)
    const configured =
      this.run({}, 'proxy_on_vm_start', ROOT, 0) !== 0 &&
      this.run({ configuring: true }, 'proxy_on_configure', ROOT, host.configuration.length) !== 0
    if (!configured) throw new Error('the filter refuses its configuration')
  }

  /** Runs a callback. Whatever it throws is the end of this instance. */
  run(turn, name, ...parameters) {
    this.turn = turn
    try {
      return this.exports[name](...parameters)
    } finally {
      this.turn = null
    }
  }

  tick() {
    this.run({}, 'proxy_on_tick', ROOT)
  }

  /** Hands the answer to a call over; one that failed has neither headers nor body. */
  answered(token, answer) {
    const { headers, body } = answer
    this.run({ answer }, 'proxy_on_http_call_response', ROOT, token, headers.length, body.length, 0)
  }

  get memory() {
    return this.exports.memory.buffer
  }

  /** Bytes of the module's memory, copied out. */
  read(pointer, length) {
    return Buffer.from(new Uint8Array(this.memory, pointer >>> 0, length >>> 0))
  }

  /** Writes a number where a pointer points. */
  write(pointer, number) {
    new DataView(this.memory).setUint32(pointer >>> 0, number, true)
  }

  /** Gives the module bytes that it owns from then on; false if it has no memory left. */
  give(bytes, pointerAt, lengthAt) {
    let pointer = 0
    if (bytes.length > 0) {
      pointer = this.exports.malloc(bytes.length) >>> 0
      if (pointer === 0) return false
      // Looked up anew: the memory may have grown.
      new Uint8Array(this.memory, pointer, bytes.length).set(bytes)
    }
    this.write(pointerAt, pointer)
    this.write(lengthAt, bytes.length)
    return true
  }
}

module.exports = { Instance, ROOT }
