'use strict'

// The tests run the filter that ships, and nothing in its place.

const fs = require('node:fs')
const path = require('node:path')

for (const file of ['gatepass_filter.wasm', 'gatepass_filter.meta.json']) {
  if (!fs.existsSync(path.join(__dirname, '..', 'filter', file))) {
    throw new Error(`there is no filter/${file}: run \`cargo xtask kong-plugin\``)
  }
}
