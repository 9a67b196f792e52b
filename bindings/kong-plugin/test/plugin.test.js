'use strict'

const assert = require('node:assert')
const { execFileSync } = require('node:child_process')
const path = require('node:path')
const { after, test } = require('node:test')

// Before the plugin, as in a plugin server.
require('kong-pdk/listener')
const { Decoder } = require('@msgpack/msgpack')

const { harden } = require('../src/decoder')
const { forFilter } = require('../src/configuration')
const { needs } = require('../src/facts')
const { fields, root } = require('../src/schema')
const { Server } = require('../src/server')
const { CONFIG } = require('./configuration')


// A plugin server is kept alive by its socket.
const alive = setInterval(() => {}, 1000)
after(() => clearInterval(alive))

test('no event is kept after a refusal', async () => {
  const server = new Server()
  const { Id } = await server.StartInstance({ Name: 'gatepass', Config: JSON.stringify(CONFIG) })
  for (let number = 0; number < 50; number += 1) {
    let step = await server.HandleEvent({ InstanceId: Id, EventName: 'access' })
    const answers = { 'kong.request.get_headers': { host: ['h'] }, 'kong.request.get_method': 'GET' }
    while (step.Data.Method !== 'kong.response.exit') {
      assert.strictEqual(server.events.size, 1, 'events that go on are kept')
      step = await server.Step({ EventId: step.EventId, Data: answers[step.Data.Method] ?? '/x' })
    }
    assert.strictEqual(step.Data.Args[0], 503)
    assert.strictEqual(server.events.size, 0)
    assert.strictEqual(server.begun.size, 0)
  }
})

test('one filter for one configuration, however often it is started', async () => {
  const server = new Server()
  const start = async (config) => {
    const { Id } = await server.StartInstance({ Name: 'gatepass', Config: JSON.stringify(config) })
    return server.instances.get(Id).cls.filter
  }
  const first = await start({ ...CONFIG, __seq__: 1, realm: 'shop' })
  assert.strictEqual(await start({ ...CONFIG, __seq__: 2, __key__: 'x', service_id: 'y', realm: 'shop' }), first)
  assert.notStrictEqual(await start({ ...CONFIG, realm: 'other' }), first)
})

test('the decoder reads strictly, and one that cannot be made to is not trusted', () => {
  harden()
  const read = (bytes) => new Decoder().decode(Uint8Array.from(bytes))
  assert.strictEqual(read([0xa2, 0xc1, 0xa1]), '\ufffd\ufffd')
  assert.strictEqual(read([0xa4, 0xef, 0xbb, 0xbf, 0x61]), '\ufeffa')
  assert.deepStrictEqual(Object.keys(read([0x81, 0xa9, ...Buffer.from('__proto__'), 0x01])), ['__proto__\ufffd'])

  const lenient = { filename: path.join('/x', '@msgpack', 'msgpack', 'other.js'), exports: { Decoder: class { decode() { return 'a' } } } }
  require.cache['/x'] = lenient
  try {
    assert.throws(harden, /another than kong-pdk/)
  } finally {
    delete require.cache['/x']
  }
})

test('what Kong and Lua make of a configuration is undone, and nothing else', () => {
  const fromKong = {
    ...CONFIG, __key__: 'k', __seq__: 3, __plugin_id: 'p', service_id: 's', route_id: null, plugin_instance_name: 'x', ordering: null,
    open: {}, portals: null, log: { allow_one_in: null }, unknown: {}, routes: [{ path_prefix: '/x', resource_ids: {}, mode: null }],
  }
  assert.deepStrictEqual(JSON.parse(forFilter(fromKong)), {
    ...CONFIG, open: [], log: {}, unknown: {}, routes: [{ path_prefix: '/x', resource_ids: [] }],
  })
  for (const config of [null, 'x', 7]) assert.throws(() => forFilter(config), /no object/)
})

test('only what a configuration can ask for is asked of Kong', () => {
  const of = (config) => needs(JSON.stringify(config))
  assert.deepStrictEqual(of({}), { route: false, service: true, properties: [] })
  assert.deepStrictEqual(of({ routes: [{ path_prefix: '/x' }] }), { route: false, service: false, properties: [] })
  assert.deepStrictEqual(of({ routes: [{ route_id: 'x' }, { service_name: 'y' }] }), { route: true, service: true, properties: [] })
  const property = { property: ['kong', 'ctx', 'shared', 'id'] }
  const rule = { path_prefix: '/x', credentials: [{ property: ['kong.ctx.shared.id'] }, { property: ['ngx', 'x'] }] }
  const paths = ['kong\0ctx\0shared\0id', 'ngx\0x']
  assert.deepStrictEqual(of({ credentials: [property, { header: 'x' }], routes: [rule] }).properties, paths)
})

test('the schema has every key of the filter, and Kong asks for it', () => {
  assert.deepStrictEqual(fields.map((field) => Object.keys(field)[0]), Object.keys(root.properties))
  const named = (list, ...names) => names.reduce((at, name) => {
    const found = at.find((field) => name in field)[name]
    return found.fields ?? found.elements?.fields ?? found
  }, list)
  assert.deepStrictEqual(named(fields, 'host').one_of, ['kong'])
  assert.deepStrictEqual(named(fields, 'credentials', 'kind').one_of, ['api_key', 'asserted'])
  assert.strictEqual(named(fields, 'bundle', 'fetch', 'bearer_token').referenceable, true)
  assert.ok(named(fields, 'routes', 'credentials').length > 5, 'rules have credentials of their own')
  const program = path.join(__dirname, '..', 'bin', 'gatepass-kong-pluginserver.js')
  const [info] = JSON.parse(execFileSync(process.execPath, [program, '--query'], { encoding: 'utf8' }))
  assert.deepStrictEqual([info.Name, info.Phases, info.Priority], ['gatepass', ['access'], 945])
  assert.deepStrictEqual(info.Schema.fields[0].config.fields, JSON.parse(JSON.stringify(fields)))
})
