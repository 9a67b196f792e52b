'use strict'

const { root, resolve, merged } = require('./schema')

/** What Kong adds to a plugin's configuration, besides names that begin with two underscores. */
const KONGS_OWN = ['route_id', 'service_id', 'consumer_id', 'consumer_group_id', 'plugin_instance_name', 'ordering']

/**
 * The filter's configuration, as text, from what Kong hands to the plugin: without Kong's own members and without
 * nulls, with empty lists as lists (Lua does not tell them from empty objects). Any other member stays, so that the
 * filter refuses what it does not know.
 */
function forFilter(config) {
  if (config === null || typeof config !== 'object') throw new Error('gatepass: the configuration is no object')
  const own = Object.entries(config).filter(([name]) => !name.startsWith('__') && !KONGS_OWN.includes(name))
  return JSON.stringify(plain(Object.fromEntries(own), root))
}

function plain(value, schema) {
  const { type, properties, items } = schema === undefined ? {} : merged(resolve(schema))
  if (Array.isArray(value)) return value.map((item) => plain(item, items))
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value).filter(([, member]) => member !== null)
  if (type === 'array' && entries.length === 0) return []
  const members = entries.map(([name, member]) => [name, plain(member, properties?.[name])])
  return Object.fromEntries(members)
}

module.exports = { forFilter }
