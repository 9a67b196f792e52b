'use strict'

// The host functions that the filter imports (proxy-wasm 0.2.1). What is done about each is the behaviour of
// `ngx_wasm_module` in Kong, except where that one traps: here a status says no.

const pairs = require('./pairs')

/** The status codes of the ABI that this host answers with. */
const Status = { OK: 0, NOT_FOUND: 1, BAD_ARGUMENT: 2, INTERNAL_FAILURE: 10, UNIMPLEMENTED: 12 }

const REQUEST_HEADERS = 0
const RESPONSE_HEADERS = 2
const CALL_HEADERS = 6
const CALL_BODY = 4
const CONFIGURATION = 7
const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'critical']

/** The functions for one instance. */
function imports(instance) {
  const text = (pointer, length) => instance.read(pointer, length).toString('utf8')
  const give = (bytes, pointerAt, lengthAt) => {
    if (bytes === undefined) return Status.NOT_FOUND
    return instance.give(bytes, pointerAt, lengthAt) ? Status.OK : Status.INTERNAL_FAILURE
  }
  const request = () => instance.turn?.request
  /** The list of `[name, value]` that may be changed now. */
  const changeable = (map) => {
    if (map === REQUEST_HEADERS) return request()?.changes
    return map === RESPONSE_HEADERS ? request()?.responseHeaders : undefined
  }
  const change = (map, name, nameLength, value, valueLength) => {
    const list = changeable(map)
    if (list === undefined) return Status.BAD_ARGUMENT
    list.push([text(name, nameLength), text(value, valueLength)])
    return Status.OK
  }

  return {
    proxy_log(level, pointer, length) {
      instance.host.log(LEVELS[level] ?? 'error', text(pointer, length))
      return Status.OK
    },
    proxy_get_current_time_nanoseconds(at) {
      new DataView(instance.memory).setBigUint64(at >>> 0, BigInt(Date.now()) * 1_000_000n, true)
      return Status.OK
    },
    proxy_set_tick_period_milliseconds(period) {
      instance.host.tickEvery(period >>> 0)
      return Status.OK
    },
    proxy_get_buffer_bytes(buffer, start, most, pointerAt, lengthAt) {
      const { turn, host } = instance
      const whole = { [CALL_BODY]: turn?.answer?.body, [CONFIGURATION]: turn?.configuring && host.configuration }[buffer]
      if (!whole) return Status.NOT_FOUND
      return give(whole.subarray(start >>> 0, (start >>> 0) + (most >>> 0)), pointerAt, lengthAt)
    },
    proxy_get_header_map_pairs(map, pointerAt, lengthAt) {
      const lists = {
        [REQUEST_HEADERS]: request()?.headers,
        [RESPONSE_HEADERS]: request()?.responseHeaders,
        [CALL_HEADERS]: instance.turn?.answer?.headers,
      }
      const list = lists[map]
      return list === undefined ? Status.BAD_ARGUMENT : give(pairs.encode(list), pointerAt, lengthAt)
    },
    // Envoy's way to change a request; on Kong headers are changed one by one.
    proxy_set_header_map_pairs: () => Status.UNIMPLEMENTED,
    proxy_replace_header_map_value: change,
    proxy_add_header_map_value: change,
    proxy_get_property(pointer, length, pointerAt, lengthAt) {
      if (request() === undefined) return Status.INTERNAL_FAILURE
      return give(request().properties.get(text(pointer, length).replaceAll('.', '\0')), pointerAt, lengthAt)
    },
    proxy_send_local_response(status, _details, _detailsLength, body, bodyLength, headers, headersLength) {
      if (request() === undefined || request().answer !== undefined) return Status.BAD_ARGUMENT
      request().answer = {
        status: status >>> 0,
        headers: pairs.decode(instance.read(headers, headersLength)),
        body: text(body, bodyLength),
      }
      return Status.OK
    },
    proxy_http_call(upstream, upstreamLength, headers, headersLength, body, bodyLength, _trailers, _none, timeout, at) {
      const token = instance.host.call(instance, {
        upstream: text(upstream, upstreamLength),
        headers: pairs.decode(instance.read(headers, headersLength)),
        body: instance.read(body, bodyLength),
        timeoutMs: timeout >>> 0,
      })
      if (token === undefined) return Status.BAD_ARGUMENT
      instance.write(at, token)
      return Status.OK
    },
    proxy_define_metric(kind, name, nameLength, at) {
      instance.write(at, instance.host.metrics.define(kind, text(name, nameLength)))
      return Status.OK
    },
    proxy_increment_metric: (id, by) => (instance.host.metrics.add(id, by) ? Status.OK : Status.NOT_FOUND),
    proxy_record_metric: (id, value) => (instance.host.metrics.set(id, value) ? Status.OK : Status.NOT_FOUND),
    // What is kept beyond an instance is for Envoy; the filter does not ask for it on Kong.
    proxy_get_shared_data: () => Status.NOT_FOUND,
    proxy_set_shared_data: () => Status.UNIMPLEMENTED,
  }
}

module.exports = { imports, Status }
