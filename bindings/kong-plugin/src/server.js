'use strict'

const path = require('node:path')

const PdkServer = require('kong-pdk/server')

const PLUGINS = path.join(__dirname, '..', 'plugins')

/** After these Kong does not come back for the rest of an event. */
const LAST = new Set(['kong.response.exit', 'kong.response.error'])
/** Events that Kong gave up in the middle are forgotten after this long. */
const EVENT_MS = 120_000

/** Kong reads what a plugin server prints. */
const logger = {
  debug() {},
  info: (...words) => process.stdout.write(words.join(' ') + '\n'),
  warn: (...words) => process.stderr.write(words.join(' ') + '\n'),
  error: (...words) => process.stderr.write(words.join(' ') + '\n'),
}

/** The server of `kong-pdk`, which itself keeps each event that does not end with a step: one for each refusal. */
class Server extends PdkServer {
  constructor() {
    super(PLUGINS, logger)
    // Its timer drops instances that Kong still uses; `kong-pdk`'s own program stops it as well.
    this.close()
    this.begun = new Map()
    this.sweeper = setInterval(() => this.#sweep(), EVENT_MS).unref()
    if (!this.plugins.has('gatepass')) throw new Error('the plugin cannot be loaded; see above')
  }

  async HandleEvent(event) {
    const step = await super.HandleEvent(event)
    this.begun.set(step.EventId, Date.now())
    return this.#settle(step)
  }

  async step(data, isError) {
    return this.#settle(await super.step(data, isError))
  }

  #settle(step) {
    if (step.Data === 'ret' || LAST.has(step.Data?.Method)) this.#forget(step.EventId)
    return step
  }

  #forget(event) {
    this.events.delete(event)
    this.begun.delete(event)
  }

  #sweep() {
    const before = Date.now() - EVENT_MS
    for (const [event, since] of this.begun) {
      if (since < before) this.#forget(event)
    }
  }
}

module.exports = { Server }
