'use strict'

// The plugin that Kong's JavaScript plugin server loads. Nothing is decided here: the filter's own module is.

const { forFilter } = require('../src/configuration')
const { harden } = require('../src/decoder')
const { gather, needs } = require('../src/facts')
const { filterFor } = require('../src/registry')
const { fields } = require('../src/schema')
const { version } = require('../package.json')

harden()

const UNDECIDED = {
  status: 503,
  body: JSON.stringify({
    type: 'urn:gatepass:problem:decision_missing',
    title: 'Service unavailable',
    status: 503,
    detail: 'the gateway cannot decide at the moment',
    reason: 'decision_missing',
    message: 'the gateway cannot decide at the moment',
    request_id: null,
  }),
  headers: [
    ['cache-control', 'no-store'],
    ['content-type', 'application/problem+json'],
    ['retry-after', '1'],
  ],
}

/** Kong writes what a plugin server prints into its log. */
function log(level, line) {
  const stream = ['warn', 'error', 'critical'].includes(level) ? process.stderr : process.stdout
  stream.write(line + '\n')
}

class Plugin {
  constructor(config) {
    const configuration = forFilter(config)
    this.needs = needs(configuration)
    this.filter = filterFor(configuration, this, log)
  }

  async access(kong) {
    let verdict
    try {
      const { headers, properties } = await gather(kong, this.needs)
      await this.filter.settled
      verdict = this.filter.judge(headers, properties)
    } catch (error) {
      log('error', `gatepass: a request could not be judged: ${error.message ?? error}`)
      verdict = { answer: UNDECIDED }
    }
    if (verdict.answer !== undefined) return refuse(kong, verdict.answer)
    await rewrite(kong, verdict)
    // Last, and only here: whatever failed before leaves it out, and the guard then refuses the request.
    await kong.ctx.shared.set('gatepass', 'allow')
  }
}

/** Kong ends the request with this call, and does not come back. */
function refuse(kong, { status, headers, body }) {
  return kong.response.exit(status, body, Object.fromEntries(headers))
}

async function rewrite(kong, { requestHeaders, responseHeaders }) {
  for (const [name, value] of requestHeaders) {
    if (value === '') await kong.service.request.clearHeader(name)
  }
  const set = requestHeaders.filter(([, value]) => value !== '')
  if (set.length > 0) await kong.service.request.setHeaders(Object.fromEntries(set))
  for (const [name, value] of responseHeaders) await kong.response.addHeader(name, value)
}

module.exports = {
  Plugin,
  Name: 'gatepass',
  Version: version,
  // After plugins that tell who calls (key-auth 1250, openid-connect 1050, acl 950), before those that transform
  // requests (801) or answer from a cache (100).
  Priority: 945,
  Schema: fields,
}
