'use strict'

/** A value as a Lua expression. */
function toLua(value, indent = '') {
  const inside = indent + '  '
  const table = (lines) => (lines.length === 0 ? '{}' : `{\n${lines.map((line) => `${inside}${line},\n`).join('')}${indent}}`)
  if (Array.isArray(value)) return table(value.map((item) => toLua(item, inside)))
  if (value !== null && typeof value === 'object') {
    const members = Object.entries(value).filter(([, member]) => member !== undefined)
    return table(members.map(([name, member]) => `[${toLua(name)}] = ${toLua(member, inside)}`))
  }
  // Of what JSON escapes in a string, a schema has only quotation marks and backslashes: the same in Lua.
  return value === null ? 'nil' : JSON.stringify(value)
}

module.exports = { toLua }
