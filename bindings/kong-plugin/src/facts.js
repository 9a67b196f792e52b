'use strict'

// What is asked of Kong for a request. The filter's questions must be answered at once, and Kong answers over a socket:
// so all that a configuration can ask for is fetched before the filter runs.

/** As many as Kong hands out; with that many some may be missing. */
const MOST_HEADERS = 1000

/** Whom a plugin such as key-auth has recognized; Kong's Wasm has no property for it. */
const CONSUMER = 'kong\0client\0consumer\0'

/** A request that cannot be shown to the filter as it is. */
class Unreadable extends Error {}

/** What a configuration (as text) can ask for beyond what every request is asked for. */
function needs(configuration) {
  const { routes, credentials } = JSON.parse(configuration)
  const rules = routes ?? []
  const has = (...names) => rules.some((rule) => names.some((name) => rule[name] !== undefined))
  const sources = [credentials ?? [], ...rules.map((rule) => rule.credentials ?? [])].flat()
  const properties = sources.filter((source) => Array.isArray(source.property))
  return {
    route: has('route_id', 'route_name'),
    // Without rules the bundle tells resources by services.
    service: routes === undefined || has('service_id', 'service_name'),
    properties: [...new Set(properties.map((source) => source.property.join('\0').replaceAll('.', '\0')))],
  }
}

/** Asks Kong; returns the `headers` and `properties` that the filter is shown. */
async function gather(kong, needed) {
  const properties = new Map()
  const know = (path, value) => {
    if (['string', 'number', 'boolean'].includes(typeof value)) properties.set(path, Buffer.from(String(value)))
  }
  const variable = async (name) => {
    const value = await kong.nginx.getVar(name)
    know(`ngx\0${name}`, value)
    return value
  }
  const headers = clientHeaders(await kong.request.getHeaders(MOST_HEADERS))
  const method = await kong.request.getMethod()
  const uri = await variable('request_uri')
  const host = await variable('host')
  if (typeof method !== 'string' || typeof uri !== 'string') throw new Unreadable('Kong shows no method or no path')
  // Kong has an id of its own since 3.5.
  if ((await variable('kong_request_id')) === undefined) await variable('request_id')
  if (needed.route) {
    const route = await kong.router.getRoute()
    know('kong\0route_id', route?.id)
    know('kong\0route_name', route?.name)
  }
  if (needed.service) {
    const service = await kong.router.getService()
    know('kong\0service_id', service?.id)
    know('kong\0service_name', service?.name)
  }
  for (const path of needed.properties) {
    const parts = path.split('\0')
    if (path.startsWith('kong\0ctx\0shared\0')) know(path, await kong.ctx.shared.get(parts.slice(3).join('.')))
    else if (path.startsWith(CONSUMER)) know(path, (await kong.client.getConsumer())?.[path.slice(CONSUMER.length)])
    else if (parts[0] === 'ngx' && parts.length === 2 && !properties.has(path)) await variable(parts[1])
  }
  headers.unshift([':method', method], [':path', uri], [':authority', host ?? ''])
  return { headers, properties }
}

/** The client's headers; Kong tells each name once, with all its values. */
function clientHeaders(byName) {
  if (byName === null || typeof byName !== 'object') throw new Unreadable('Kong shows no headers')
  const headers = []
  for (const [name, values] of Object.entries(byName)) {
    if (name.startsWith(':')) throw new Unreadable('a header has the name of a pseudo-header')
    for (const value of [values].flat()) {
      if (typeof value !== 'string') throw new Unreadable(`the header \`${name}\` is not text`)
      headers.push([name, value])
    }
  }
  if (headers.length >= MOST_HEADERS) throw new Unreadable('the request has more headers than Kong shows')
  return headers
}

module.exports = { needs, gather, Unreadable }
