'use strict'

// Strings from Kong are bytes of clients. The decoder that `kong-pdk` brings (`@msgpack/msgpack` 2) reads malformed
// UTF-8 as if it were well-formed: the bytes C1 A1 become `a`, and a byte order mark vanishes. The filter would then
// judge another path, host or key than the one Kong routes by. And it throws on a map with the key `__proto__`, which
// ends the plugin server: one header of that name would be enough.
//
// So its function is replaced in the running server by one that reads strictly, and the result is tried out.

const strict = new TextDecoder('utf-8', { ignoreBOM: true })

function decode(bytes, offset, length) {
  const text = strict.decode(bytes.subarray(offset, offset + length))
  // No client means anything good by it; any other name will do.
  return text === '__proto__' ? '__proto__\ufffd' : text
}

const SAMPLES = [
  [[0xa2, 0xc1, 0xa1], '\ufffd\ufffd'],
  [[0xa4, 0xef, 0xbb, 0xbf, 0x61], '\ufeffa'],
  [[0xa1, 0xff], '\ufffd'],
  [[0xa2, 0xc3, 0xa9], 'é'],
]

/** Whether a decoder of this kind reads strictly now. */
function isStrict(Decoder) {
  const long = Buffer.alloc(300, 0x61).fill(0xef, 0, 1).fill(0xbb, 1, 2).fill(0xbf, 2, 3)
  const samples = [...SAMPLES, [[0xda, 0x01, 0x2c, ...long], '\ufeff' + 'a'.repeat(297)]]
  const reads = ([bytes, text]) => new Decoder().decode(Uint8Array.from(bytes)) === text
  const proto = [0x81, 0xa9, ...Buffer.from('__proto__'), 0xa1, 0x61]
  return samples.every(reads) && Object.keys(new Decoder().decode(Uint8Array.from(proto)))[0] === '__proto__\ufffd'
}

/** Replaces the function in every copy of the decoder that is loaded; throws if one is not strict afterwards. */
function harden() {
  const loaded = Object.values(require.cache).filter((module) => /@msgpack[/\\]msgpack[/\\]/.test(module.filename))
  for (const { exports } of loaded) {
    if (typeof exports.utf8DecodeJs !== 'function') continue
    exports.utf8DecodeJs = decode
    exports.utf8DecodeTD = decode
  }
  const decoders = loaded.map(({ exports }) => exports.Decoder).filter((Decoder) => typeof Decoder === 'function')
  if (decoders.length === 0) throw new Error('gatepass: the decoder of the plugin server is not where it was')
  if (!decoders.every(isStrict)) {
    throw new Error('gatepass: the decoder of the plugin server is another than kong-pdk 0.6.0 has; use that version')
  }
}

module.exports = { harden }
