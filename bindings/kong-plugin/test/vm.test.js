'use strict'

const assert = require('node:assert')
const http = require('node:http')
const { test } = require('node:test')

const { encode, decode } = require('../src/pairs')
const { place, send, FAILED } = require('../src/calls')
const { exposition } = require('../src/metrics')
const { Vm } = require('../src/vm')
const { CONFIG: BASE } = require('./configuration')

const RESOURCE = 'e0000000-0000-4000-8000-000000000001'
const CONFIG = {
  ...BASE,
  routes: [{ path_prefix: '/orders', resource_id: RESOURCE }],
  open: [{ path_prefix: '/health' }],
}
const HOST = 'api.example'

function started(lines = []) {
  return new Vm(JSON.stringify(CONFIG), (level, line) => lines.push(`${level} ${line}`))
}

function judge(vm, path) {
  const headers = [[':method', 'GET'], [':path', path], ['host', HOST]]
  const properties = { 'ngx\0request_uri': path, 'ngx\0host': HOST }
  return vm.judge(headers, new Map(Object.entries(properties).map(([name, value]) => [name, Buffer.from(value)])))
}

test('a header list survives the boundary, and a lying length is refused', () => {
  const list = [['a', ''], [':path', '/x'], ['ä', 'é']]
  assert.deepStrictEqual(decode(encode(list)), list)
  assert.deepStrictEqual([...encode([['ab', 'c']])], [1, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 97, 98, 0, 99, 0])
  assert.throws(() => decode(Buffer.from([9, 0, 0, 0])), RangeError)
  assert.throws(() => decode(Buffer.from([1, 0, 0, 0, 2, 0, 0, 0, 9, 0, 0, 0, 97, 98, 0, 99, 0])), RangeError)
})

test('what is open passes without data, and nothing else does', () => {
  const vm = started()
  assert.deepStrictEqual(judge(vm, '/health'), { requestHeaders: [], responseHeaders: [] })
  const { answer } = judge(vm, '/orders/1')
  assert.strictEqual(answer.status, 503)
  assert.strictEqual(JSON.parse(answer.body).reason, 'bundle_stale')
  vm.stop()
  assert.throws(() => judge(vm, '/health'), /not running/)
})

test('the first requests wait for the first data, and not longer than for an answer', async () => {
  const vm = started()
  const late = new Promise((resolve) => setTimeout(resolve, 900, 'late'))
  assert.notStrictEqual(await Promise.race([vm.settled, late]), 'late', 'nobody listens there')
  vm.stop()
})

test('a trap refuses its request, and a new instance takes over', () => {
  const lines = []
  const vm = started(lines)
  for (const name of ['proxy_on_context_create', 'proxy_on_request_headers', 'proxy_on_response_headers', 'proxy_on_delete']) {
    const trap = () => { throw new WebAssembly.RuntimeError('unreachable') }
    vm.instance.exports = { ...vm.instance.exports, [name]: trap }
    const dead = vm.instance
    assert.throws(() => judge(vm, '/health'), /unreachable/, name)
    assert.notStrictEqual(vm.instance, dead)
    assert.strictEqual(judge(vm, '/health').answer, undefined, 'the next request is judged')
  }
  assert.strictEqual(lines.filter((line) => line.startsWith('error gatepass: the filter stopped')).length, 4)
  assert.ok(vm.timer !== null, 'it ticks')
  vm.stop()
})

test('a filter that neither answers nor goes on lets nothing pass', () => {
  const vm = started()
  vm.instance.exports = { ...vm.instance.exports, proxy_on_request_headers: () => 1 }
  assert.throws(() => judge(vm, '/health'), /neither answers nor goes on/)
  vm.stop()
})

test('a filter that cannot be started again refuses everything', () => {
  const vm = started()
  vm.configuration = Buffer.from('{}')
  vm.instance.exports = { ...vm.instance.exports, proxy_on_tick: () => { throw new Error('trap') }, proxy_on_request_headers: () => { throw new Error('trap') } }
  assert.throws(() => judge(vm, '/health'), /trap/)
  assert.throws(() => judge(vm, '/health'), /not running/)
})

test('memory that the filter has not is no reason to pass', () => {
  const vm = started()
  vm.instance.exports = { ...vm.instance.exports, malloc: () => 0 }
  assert.strictEqual(judge(vm, '/health').answer.status, 503)
  vm.stop()
})

test('metrics have a configuration and a kind', () => {
  const vm = started()
  judge(vm, '/health')
  const text = exposition([['0123', vm.metrics]])
  assert.match(text, /# TYPE gatepass_ready gauge\ngatepass_ready\{configuration="0123"\} 0\n/)
  vm.stop()
})

test('an upstream is a host and a port', () => {
  assert.deepStrictEqual(place('relay:8080'), { host: 'relay', port: 8080 })
  assert.deepStrictEqual(place('[::1]:8080'), { host: '::1', port: 8080 })
  assert.deepStrictEqual(place('relay'), { host: 'relay', port: 80 })
  for (const upstream of ['', ':80', 'http://relay', 'a:b', 'a:1:2', 'a/b:1']) assert.strictEqual(place(upstream), undefined)
})

test('a call that does not come to its end has failed', async (context) => {
  const bodies = {
    '/large': (response) => response.end(Buffer.alloc((8 << 20) + 1)),
    '/half': (response) => { response.writeHead(200, { 'content-length': 9 }); response.write('half', () => response.destroy()) },
    '/none': (response) => response.destroy(),
    '/late': () => {},
    '/slow': (response) => response.write('x'),
    '/whole': (response) => response.writeHead(200, { 'X-One': '1' }).end('whole'),
  }
  const server = http.createServer((request, response) => bodies[request.url](response)).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.on('listening', resolve))
  context.after(() => { server.closeAllConnections(); server.close() })
  const ask = (path, port = server.address().port) => new Promise((resolve) => {
    const headers = [[':method', 'GET'], [':path', path], [':authority', 'relay']]
    send({ upstream: `127.0.0.1:${port}`, headers, body: Buffer.alloc(0), timeoutMs: path === '/large' ? 5000 : 300 }, resolve)
  })
  for (const path of ['/large', '/half', '/none', '/late', '/slow']) assert.strictEqual(await ask(path), FAILED, path)
  assert.strictEqual(await ask('/whole', 1), FAILED)
  const { headers, body } = await ask('/whole')
  assert.strictEqual(String(body), 'whole')
  assert.deepStrictEqual(headers.slice(0, 2), [[':status', '200'], ['x-one', '1']])
})
