'use strict'

const fs = require('node:fs')
const path = require('node:path')

const calls = require('./calls')
const { Instance, ROOT } = require('./instance')
const { Metrics } = require('./metrics')

const PAUSE = 1
/** How long the first requests wait for the first data. */
const FIRST_DATA_MS = 1000
const FILTER = path.join(__dirname, '..', 'filter', 'gatepass_filter.wasm')

let compiled
/** The filter, compiled once. */
function filter() {
  compiled ??= new WebAssembly.Module(fs.readFileSync(FILTER))
  return compiled
}

/**
 * A filter with one configuration, which fetches its bundle in the background and judges requests.
 *
 * A trap is the end of an instance and not of the filter: the request is refused, and a new instance takes over, with
 * no data until it has fetched some.
 */
class Vm {
  #settle

  /** @param log is given a level and a line */
  constructor(configuration, log) {
    this.configuration = Buffer.from(configuration)
    this.metrics = new Metrics()
    this.mistakes = []
    this.write = log
    this.instance = null
    this.timer = null
    this.token = 0
    this.context = ROOT
    this.#boot()
  }

  #boot() {
    this.mistakes = []
    // Kong starts a filter when the first request for it is there: judged at once, it would be refused for want of data.
    this.settled = new Promise((resolve) => {
      this.#settle = resolve
      setTimeout(resolve, FIRST_DATA_MS).unref()
    })
    try {
      this.instance = new Instance(filter(), this)
    } catch (error) {
      this.stop()
      throw new Error([String(error.message ?? error), ...this.mistakes].join('; '))
    }
    if (JSON.parse(this.configuration).bundle.fetch === undefined) this.#settle()
  }

  /** Ends ticks and calls; requests are refused from then on. */
  stop() {
    clearInterval(this.timer)
    this.instance = null
  }

  /**
   * Judges a request: `headers` as `[name, value]`, `properties` as bytes by their path with zero bytes in it.
   *
   * Returns `{answer}` for a request that is refused, else `{requestHeaders, responseHeaders}`: what to set on the way
   * to the upstream (a header that shall go has an empty value) and to add to the response.
   */
  judge(headers, properties) {
    const request = { headers, properties, changes: [], responseHeaders: [], answer: undefined }
    this.#guarded((instance) => this.#exchange(instance, request))
    if (request.answer !== undefined) return { answer: request.answer }
    return { requestHeaders: request.changes, responseHeaders: request.responseHeaders }
  }

  #exchange(instance, request) {
    this.context = this.context === 0x7fff_ffff ? ROOT + 1 : this.context + 1
    const context = this.context
    const turn = { request }
    instance.run(turn, 'proxy_on_context_create', context, ROOT)
    // Whether a body follows is not known here.
    let action = instance.run(turn, 'proxy_on_request_headers', context, request.headers.length, 0)
    if (request.answer === undefined && action !== PAUSE) {
      // Kong calls this plugin once, so what the response shall say is asked for now: it depends on the request only.
      action = instance.run(turn, 'proxy_on_response_headers', context, 0, 0)
    }
    for (const end of ['proxy_on_done', 'proxy_on_log', 'proxy_on_delete']) instance.run(turn, end, context)
    if (request.answer === undefined && action === PAUSE) throw new Error('the filter neither answers nor goes on')
  }

  /** Runs something on the instance; whatever it throws, a new instance takes over. */
  #guarded(work) {
    if (this.instance === null) throw new Error('the filter is not running')
    try {
      return work(this.instance)
    } catch (error) {
      this.write('error', `gatepass: the filter stopped: ${error.stack ?? error}`)
      this.stop()
      try {
        this.#boot()
      } catch (again) {
        this.write('critical', `gatepass: the filter does not start again: ${again.message}`)
      }
      throw error
    }
  }

  /** What the instance is called from besides requests; a trap was logged and is dealt with. */
  #background(work) {
    try {
      if (this.instance !== null) this.#guarded(work)
    } catch {
      // Already logged.
    }
  }

  // What the instance asks for.

  log(level, line) {
    if (level === 'error' || level === 'critical') this.mistakes.push(line)
    this.mistakes.splice(0, this.mistakes.length - 20)
    this.write(level, line)
  }

  tickEvery(milliseconds) {
    clearInterval(this.timer)
    if (milliseconds === 0) return
    // Not what keeps the process alive.
    this.timer = setInterval(() => this.#background((instance) => instance.tick()), milliseconds).unref()
  }

  call(instance, call) {
    if (calls.place(call.upstream) === undefined) return undefined
    this.token = this.token === 0xffff_ffff ? 1 : this.token + 1
    const token = this.token
    calls.send(call, (answer) => {
      // The instance that asked may be gone.
      if (this.instance !== instance) return
      this.#background(() => instance.answered(token, answer))
      // With nothing more to ask for, there is data or there will be none for now.
      if (this.token === token) this.#settle()
    })
    return token
  }
}

module.exports = { Vm }
