'use strict'

const KINDS = ['counter', 'gauge']

/** What the filter counts; it outlives an instance. */
class Metrics {
  constructor() {
    this.defined = []
  }

  /** The id of a metric, new or known; ids count from 1. */
  define(kind, name) {
    const known = this.defined.findIndex((metric) => metric.name === name)
    if (known >= 0) return known + 1
    return this.defined.push({ name, kind: KINDS[kind] ?? 'untyped', value: 0n })
  }

  add(id, by) {
    return this.#change(id, (value) => value + by)
  }

  set(id, value) {
    return this.#change(id, () => BigInt.asUintN(64, value))
  }

  #change(id, to) {
    const metric = this.defined[id - 1]
    if (metric === undefined) return false
    metric.value = to(metric.value)
    return true
  }
}

/** The text that Prometheus reads, of several filters told apart by a label. */
function exposition(byLabel) {
  const families = new Map()
  for (const [label, metrics] of byLabel) {
    for (const { name, kind, value } of metrics.defined) {
      const family = families.get(name) ?? [`# TYPE ${name} ${kind}`]
      family.push(`${name}{configuration="${label}"} ${value}`)
      families.set(name, family)
    }
  }
  return [...families.values()].flat().map((line) => line + '\n').join('')
}

module.exports = { Metrics, exposition }
