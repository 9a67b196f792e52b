'use strict'

const http = require('node:http')

/** Larger bodies are not read, as on other hosts of the filter: it fetches large bundles in chunks. */
const MOST_BODY_BYTES = 8 << 20
const DEFAULT_PORT = 80

/** A call that failed in any way: no headers, no body. */
const FAILED = Object.freeze({ headers: Object.freeze([]), body: Buffer.alloc(0) })

// One connection to each relay is enough: the filter has one call under way at a time.
const agent = new http.Agent({ keepAlive: true, maxSockets: 2 })

/** `host`, `host:port` or `[address]:port`; undefined if it is none of these. */
function place(upstream) {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]/]+))(?::(\d{1,5}))?$/.exec(upstream)
  if (match === null) return undefined
  return { host: match[1] ?? match[2], port: Number(match[3] ?? DEFAULT_PORT) }
}

/** Sends a call over HTTP; `done` is called exactly once, later, with the answer or with `FAILED`. */
function send({ upstream, headers, body, timeoutMs }, done) {
  let isOver = false
  let timer
  const finish = (answer) => {
    if (isOver) return
    isOver = true
    clearTimeout(timer)
    done(answer)
  }
  const special = (name) => headers.find(([other]) => other === name)?.[1]
  const plain = headers.filter(([name]) => !name.startsWith(':'))
  const request = http.request({
    ...place(upstream),
    agent,
    method: special(':method'),
    path: special(':path'),
    headers: [['host', special(':authority')], ...plain].flat(),
  })
  const fail = () => {
    finish(FAILED)
    request.destroy()
  }
  timer = setTimeout(fail, timeoutMs).unref()
  request.on('error', fail)
  request.on('response', (response) => {
    const chunks = []
    let size = 0
    response.on('data', (chunk) => {
      size += chunk.length
      if (size > MOST_BODY_BYTES) fail()
      else chunks.push(chunk)
    })
    // Without `end` the body is not whole.
    response.on('error', fail)
    response.on('close', fail)
    response.on('end', () => {
      if (!response.complete) return fail()
      const received = [[':status', String(response.statusCode)]]
      for (let at = 0; at < response.rawHeaders.length; at += 2) {
        received.push([response.rawHeaders[at].toLowerCase(), response.rawHeaders[at + 1]])
      }
      finish({ headers: received, body: Buffer.concat(chunks) })
    })
  })
  request.end(body)
}

module.exports = { send, place, FAILED }
