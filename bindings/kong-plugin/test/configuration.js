'use strict'

// A configuration that the filter takes; its relay is nowhere.
exports.CONFIG = {
  version: 1,
  host: 'kong',
  bundle: { fetch: { upstream: '127.0.0.1:1', authority: 'relay' } },
  allow_unsigned: true,
  credentials: [{ kind: 'api_key', header: 'apikey' }],
}
