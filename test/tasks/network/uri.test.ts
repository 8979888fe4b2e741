/** uri: what its arguments make of a request, and what it sees of an answer. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { HttpFact } from '../../../src/module/index.ts'
import uri from '../../../tasks/network/uri.ts'
import { answerProblem, answerResult, type RequestArgs, requestOf } from '../../../tasks/network/uri/request.ts'
import { parseArgs } from '../harness.ts'

const request = (raw: Record<string, unknown>) => requestOf(parseArgs(uri, { url: 'https://x/y', ...raw }) as RequestArgs, {})
const sent = (raw: Record<string, unknown>) => {
  const { body, headers } = request({ method: 'POST', ...raw })
  return [body === undefined ? undefined : new TextDecoder().decode(body), headers?.['Content-Type']]
}

test('a body by its format; a text is taken as it is', () => {
  const [json, form] = ['application/json', 'application/x-www-form-urlencoded']
  for (const [raw, body, type] of [
    [{}, undefined, undefined],
    [{ body: null, body_format: 'json' }, undefined, undefined],
    [{ body: 'text' }, 'text', undefined],
    [{ body: { a: [1] } }, '{"a":[1]}', undefined],
    [{ body: { a: 1 }, body_format: 'json' }, '{"a":1}', json],
    [{ body: '{"a": 1}', body_format: 'json' }, '{"a": 1}', json],
    [{ body: 'a=b&c', body_format: 'form-urlencoded' }, 'a=b&c', form],
    [{ body: { a: 'b c', d: ['e', 'f'], on: true, off: false, n: 5 }, body_format: 'form-urlencoded' }, 'a=b+c&d=e&d=f&on=True&off=False&n=5', form],
    [{ body: [['a', '1'], ['a', '&']], body_format: 'form-urlencoded' }, 'a=1&a=%26', form],
    [{ body: { a: 1 }, body_format: 'json', headers: { 'content-type': 'text/x' } }, '{"a":1}', undefined],
  ] as [Record<string, unknown>, string | undefined, string | undefined][]) {
    assert.equal(sent(raw), [body, type], JSON.stringify(raw))
  }
})

test('who asks, and with which certificates', () => {
  assert.equal(request({}).headers, { 'User-Agent': 'ansible-httpget' })
  assert.equal(request({ headers: { 'user-agent': 'me' } }).headers, { 'user-agent': 'me' })
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`
  assert.is(request({ url_username: 'me' }).headers!.Authorization, basic('me:'))
  assert.is(request({ url_username: 'me', url_password: 'p:q' }).headers!.Authorization, basic('me:p:q'))
  assert.is(request({ url_username: 'me', headers: { authorization: 'Bearer x' } }).headers!.Authorization, undefined)
  const { caPath, clientCert, clientKey, verify } = request({ ca_path: '/ca', client_cert: '/c', client_key: '/k', validate_certs: false })
  assert.equal([caPath, clientCert, clientKey, verify], ['/ca', '/c', '/k', false])
})

test('which redirects are followed', () => {
  const followed = (raw: Record<string, unknown>) => request(raw).followRedirects
  for (const method of ['GET', 'HEAD']) assert.is(followed({ method }), true)
  for (const how of ['safe', 'urllib2']) assert.is(followed({ method: 'POST', follow_redirects: how }), false)
  for (const how of ['all', 'yes', true]) assert.is(followed({ method: 'POST', follow_redirects: how }), true)
  for (const how of ['none', 'no', false]) assert.is(followed({ follow_redirects: how }), false)
})

test('an answer: names of headers, JSON by its kind, and why it is not what was asked for', () => {
  const fact = (more: Partial<HttpFact>): HttpFact => ({ status: 200, headers: {}, body: Buffer.from('{"a": 1}'), ...more })
  const result = (more: Partial<HttpFact>) => answerResult({ url: 'u', return_content: false }, fact(more))
  assert.is(result({ headers: { 'x-request-id': '7' } }).x_request_id, '7')
  for (const type of ['application/json', 'application/problem+json; charset=utf-8', 'text/json']) assert.equal(result({ headers: { 'content-type': type } }).json, { a: 1 })
  for (const type of ['text/html', 'application/jsonp']) assert.is(result({ headers: { 'content-type': type } }).json, undefined)
  assert.is(result({}).msg, 'OK (8 bytes)')
  assert.is(result({ headers: { 'content-length': '99' } }).msg, 'OK (99 bytes)')
  assert.is(result({ status: 503 }).msg, 'HTTP Error 503')
  assert.equal([result({ status: 0, error: 'refused' }).msg, result({ status: 0, error: 'refused' }).status], ['Request failed: refused', -1])
  assert.is(answerProblem([200, 201], fact({})), undefined)
  assert.is(answerProblem([201], fact({})), 'Status code was 200 and not [201]: OK (8 bytes)')
  assert.is(answerProblem([200], fact({ status: 0, error: 'refused' })), 'Status code was -1 and not [200]: refused')
})

test('arguments that go together, and those that do not', () => {
  for (const [raw, message] of [
    [{ body_format: 'form-multipart', body: ['a'] }, /expected a mapping of fields/],
    [{ body_format: 'form-multipart', body: 'a' }, /expected a mapping of fields/],
    [{ dest: '/x', mode: 'u=rw' }, /expected a mode such as '0644'/],
    [{ method: 'GET POST' }, /expected a method/],
  ] as [Record<string, unknown>, RegExp][]) assert.throws(() => parseArgs(uri, { url: 'http://x', ...raw }), (error: Error) => message.test(error.message))
})

test.run()
