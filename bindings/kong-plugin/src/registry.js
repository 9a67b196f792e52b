'use strict'

const { createHash } = require('node:crypto')

const { Vm } = require('./vm')

/** A filter that no plugin instance uses is kept this long: Kong starts instances anew when its workers change. */
const LINGER_MS = 600_000

/** Filters by the digest of their configuration: the workers of Kong share one, and its bundle. */
const filters = new Map()

const ended = new FinalizationRegistry((digest) => {
  const entry = filters.get(digest)
  if (entry === undefined) return
  entry.users -= 1
  entry.idleSince = Date.now()
})

/** The filter for a configuration; `user` is whoever holds it, and it may go when all of these are gone. */
function filterFor(configuration, user, log) {
  const digest = createHash('sha256').update(configuration).digest('hex')
  let entry = filters.get(digest)
  if (entry === undefined) {
    entry = { vm: new Vm(configuration, log), users: 0, idleSince: Date.now() }
    filters.set(digest, entry)
  }
  entry.users += 1
  ended.register(user, digest)
  return entry.vm
}

function sweep() {
  const before = Date.now() - LINGER_MS
  for (const [digest, { vm, users, idleSince }] of filters) {
    if (users > 0 || idleSince > before) continue
    vm.stop()
    filters.delete(digest)
  }
}

setInterval(sweep, 60_000).unref()

/** What each filter has counted, by the first digits of its configuration's digest. */
function metrics() {
  return [...filters].map(([digest, { vm }]) => [digest.slice(0, 12), vm.metrics])
}

module.exports = { filterFor, metrics }
