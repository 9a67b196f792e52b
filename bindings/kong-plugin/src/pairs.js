'use strict'

// Header lists as they cross the boundary of the module: a count, all lengths, then names and values with a zero byte
// after each; every number is a little-endian u32.

/** Writes a list of `[name, value]`, each a string or bytes. */
function encode(pairs) {
  const parts = pairs.map(([name, value]) => [Buffer.from(name), Buffer.from(value)])
  const size = parts.reduce((sum, [name, value]) => sum + name.length + value.length + 10, 4)
  const bytes = Buffer.alloc(size)
  bytes.writeUInt32LE(parts.length, 0)
  let at = 4
  for (const [name, value] of parts) {
    bytes.writeUInt32LE(name.length, at)
    bytes.writeUInt32LE(value.length, at + 4)
    at += 8
  }
  for (const part of parts.flat()) {
    at += part.copy(bytes, at) + 1
  }
  return bytes
}

/** Reads a list of `[name, value]` as strings; throws where lengths and bytes do not agree. */
function decode(bytes) {
  if (bytes.length === 0) return []
  const count = bytes.readUInt32LE(0)
  let at = 4 + count * 8
  if (at > bytes.length) throw new RangeError('a header list ends before its lengths')
  const take = (length) => {
    if (at + length > bytes.length) throw new RangeError('a header list ends before its text')
    const text = bytes.toString('utf8', at, at + length)
    at += length + 1
    return text
  }
  const pairs = []
  for (let index = 0; index < count; index += 1) {
    const lengths = 4 + index * 8
    const name = take(bytes.readUInt32LE(lengths))
    pairs.push([name, take(bytes.readUInt32LE(lengths + 4))])
  }
  return pairs
}

module.exports = { encode, decode }
