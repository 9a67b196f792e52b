#!/usr/bin/env node
'use strict'

// The plugin server for the Gatepass plugin: that of `kong-pdk`, without its leak, with metrics. `--query` tells Kong
// what plugin there is.

const fs = require('node:fs')
const http = require('node:http')
const path = require('node:path')
const { parseArgs } = require('node:util')

const Listener = require('kong-pdk/listener')

const { Server } = require('../src/server')
const { toLua } = require('../src/lua')
const { exposition } = require('../src/metrics')
const registry = require('../src/registry')

const HELP = `gatepass-kong-pluginserver: runs the Gatepass plugin for Kong Gateway

  --socket PATH         where Kong connects (pluginserver_gatepass_socket); default /usr/local/kong/gatepass.socket
  --metrics HOST:PORT   answer GET /metrics there, in Prometheus' form
  --query               print what Kong asks for (pluginserver_gatepass_query_cmd), and end
  --guard               print the guard for Kong's post-function, and end
  --schema-lua          print schema.lua, as Konnect asks for it, and end
`

const { values: options } = parseArgs({
  options: {
    socket: { type: 'string', default: '/usr/local/kong/gatepass.socket' },
    metrics: { type: 'string' },
    query: { type: 'boolean' },
    guard: { type: 'boolean' },
    'schema-lua': { type: 'boolean' },
    help: { type: 'boolean' },
  },
})

/** Prometheus asks for what the filters count. */
function serveMetrics(place) {
  const url = new URL(`http://${place}`)
  const server = http.createServer((request, response) => {
    if (request.url !== '/metrics') return response.writeHead(404).end()
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(exposition(registry.metrics()))
  })
  // Requests are judged all the same.
  server.on('error', (error) => process.stderr.write(`gatepass: no metrics: ${error.message}\n`))
  server.on('listening', () => process.stdout.write(`metrics are served on port ${server.address().port}\n`))
  // As a URL has it: without a port it is HTTP's.
  server.listen(Number(url.port || 80), url.hostname.replace(/^\[|\]$/g, ''))
}

async function main() {
  if (options.help) return process.stdout.write(HELP)
  if (options.guard) {
    return process.stdout.write(fs.readFileSync(path.join(__dirname, '..', 'guard', 'guard.lua'), 'utf8'))
  }
  const server = new Server()
  if (options.query) {
    const infos = await Promise.all([...server.getPlugins().keys()].map((name) => server.GetPluginInfo(name)))
    return process.stdout.write(JSON.stringify(infos) + '\n')
  }
  if (options['schema-lua']) {
    const { Schema } = await server.GetPluginInfo('gatepass')
    return process.stdout.write(`return ${toLua(Schema)}\n`)
  }
  if (options.metrics !== undefined) serveMetrics(options.metrics)
  new Listener(server, options.socket).serve()
}

main().catch((error) => {
  process.stderr.write(`error: ${error.message}\n`)
  process.exitCode = 1
})
