// The OpenAPI document is valid, and a running daemon answers as it says: PGADVISOR_URL=http://127.0.0.1:7432
import assert from 'node:assert/strict';
import test from 'node:test';

import {Validator} from '@seriousme/openapi-schema-validator';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const base = process.env.PGADVISOR_URL;
if (!base) throw new Error('set PGADVISOR_URL to the address of a running daemon');

const document = await (await fetch(`${base}/openapi.json`)).json();
const ajv = new Ajv2020({strict: true, allowUnionTypes: true, allErrors: true});
addFormats(ajv);
ajv.addVocabulary(['openapi', 'info', 'servers', 'security', 'tags', 'paths', 'components']);
ajv.addSchema({$id: 'openapi', ...document});

const pointer = (...parts) => `openapi#/${parts.map((part) => encodeURIComponent(
  String(part).replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`;

/** The description of a response, and where its schemas are. */
function describe(path, status, method) {
  const operation = method in document.paths[path] ? method : Object.keys(document.paths[path])[0];
  const place = ['paths', path, operation, 'responses', String(status)];
  const described = document.paths[path][operation].responses[status];
  assert.ok(described, `${path} says nothing of ${status}`);
  if (!described.$ref) return {described, place};
  const parts = described.$ref.slice(2).split('/');
  return {described: parts.reduce((value, part) => value[part], document), place: parts};
}

/** Asks for `target` and compares the answer with what the document says of `path`. */
async function check(path, target, status, options = {}) {
  const response = await fetch(base + target, options);
  assert.equal(response.status, status, `${target}: ${response.status}`);
  const {described, place} = describe(path, status, (options.method ?? 'GET').toLowerCase());
  const type = response.headers.get('content-type').split(';')[0];
  assert.ok(described.content[type], `${target}: ${type} is not described`);
  const text = await response.text();
  const value = type.endsWith('json') ? JSON.parse(text) : text;
  const validate = ajv.getSchema(pointer(...place, 'content', type, 'schema'));
  assert.ok(validate(value), `${target}: ${ajv.errorsText(validate.errors)}`);
  return value;
}

const lists = ['recommendations', 'indexes', 'foreign_keys', 'hotspots', 'hotspot_readings', 'statements', 'findings', 'alternatives', 'unhelped_statements',
  'targets'];

test('the document is valid OpenAPI 3.1', async () => {
  const result = await new Validator().validate(structuredClone(document));
  assert.ok(result.valid, JSON.stringify(result.errors));
  assert.equal(document.openapi, '3.1.0');
});

test('every reference of the document leads somewhere', () => {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1]);
  assert.ok(references.length > 0);
  for (const reference of references) {
    assert.ok(reference.startsWith('#/'), reference);
    const value = reference.slice(2).split('/').reduce((node, part) => node?.[part], document);
    assert.ok(value, reference);
  }
});

/** Every schema with members of its own, at any depth. */
function* objects(node, place) {
  if (node === null || typeof node !== 'object') return;
  if (node.type === 'object' && node.properties) yield [place, node];
  for (const [name, child] of Object.entries(node)) yield* objects(child, `${place}/${name}`);
}

test('every object of the document is closed and says what it requires', () => {
  const found = [...objects(document.components.schemas, '#')];
  assert.ok(found.length > 20);
  for (const [place, schema] of found) {
    assert.equal(schema.additionalProperties, false, place);
    assert.ok(schema.required.length > 0, place);
    for (const name of schema.required) assert.ok(name in schema.properties, `${place}: ${name}`);
  }
});

for (const path of Object.keys(document.paths).filter((p) => !p.includes('{') && p !== '/readyz')) {
  test(`${path} answers as described`, () => check(path, path, 200));
}

test('/readyz answers as described, ready or not', async () => {
  const {status} = await fetch(`${base}/readyz`);
  const answer = await check('/readyz', '/readyz', status);
  if (status === 503) assert.ok(answer.problems.length > 0);
});

test('each asset answers as described', async () => {
  const path = '/assets/{file}';
  const page = await (await fetch(`${base}/`)).text();
  const assets = [...page.matchAll(/"(\/assets\/[^"]+)"/g)].map((match) => match[1]);
  assert.ok(assets.length > 3);
  for (const asset of assets) await check(path, asset, 200);
});

test('each listed recommendation is there by its id', async () => {
  const {items} = await check('/api/v1/recommendations', '/api/v1/recommendations', 200);
  for (const item of items) {
    const one = await check('/api/v1/recommendations/{id}', `/api/v1/recommendations/${encodeURIComponent(item.id)}`, 200);
    assert.deepEqual(one, item);
  }
});

test('lists take the parameters that are described and no other', async () => {
  for (const list of lists) {
    const path = `/api/v1/${list}`;
    const {items} = await check(path, `${path}?limit=1`, 200);
    assert.ok(items.length <= 1);
    assert.deepEqual((await check(path, `${path}?database=no%20such%20database`, 200)).items, []);
    await check(path, `${path}?limit=0`, 400);
    await check(path, `${path}?colour=red`, 400);
  }
});

test('recommendations of every state answer as described', async () => {
  const path = '/api/v1/recommendations';
  const {items} = await check(path, `${path}?state=all`, 200);
  for (const state of ['open', 'snoozed', 'dismissed', 'applied', 'verified', 'without_effect', 'regressed', 'obsolete']) {
    const some = (await check(path, `${path}?state=${state}`, 200)).items;
    assert.ok(some.every((item) => item.lifecycle.state === state), state);
    assert.equal(some.length, items.filter((item) => item.lifecycle.state === state).length);
  }
  await check(path, `${path}?state=done`, 400);
  await check(path, `${path}?action=apply`, 400);
});

/** Sends a decision as the page does. */
const decide = (id, action, body, status, headers = {}) => check(`/api/v1/recommendations/{id}/${action}`,
  `/api/v1/recommendations/${encodeURIComponent(id)}/${action}`, status,
  {method: 'POST', headers: {'Content-Type': 'application/json', ...headers}, body: JSON.stringify(body)});

test('decisions answer as described', async () => {
  const tomorrow = new Date(Date.now() + 86400e3).toISOString();
  await decide('none', 'snooze', {by: 'a test', until: tomorrow}, 404);
  await decide('none', 'dismiss', {by: 'a test'}, 422);
  await decide('none', 'reopen', [], 400);
  await decide('none', 'reopen', {by: 'a test'}, 415, {'Content-Type': 'text/plain'});
  await decide('none', 'reopen', {by: 'a test'}, 403, {'Sec-Fetch-Site': 'cross-site'});
  await decide('none', 'reopen', {by: 'a test'}, 403, {Origin: 'http://evil.example'});
  await check('/api/v1/recommendations/{id}/reopen', '/api/v1/recommendations/none/reopen', 405);
  const {items} = await check('/api/v1/recommendations', '/api/v1/recommendations', 200);
  if (items.length === 0) return;
  const {id} = items[0];
  await decide(id, 'reopen', {by: 'a test'}, 409);
  const snoozed = await decide(id, 'snooze', {by: 'a test', until: tomorrow, why: 'tested'}, 200);
  assert.equal(snoozed.lifecycle.state, 'snoozed');
  const dismissed = await decide(id, 'dismiss', {by: 'a test', why: 'tested'}, 200);
  assert.equal(dismissed.lifecycle.why, 'tested');
  const open = await decide(id, 'reopen', {by: 'a test'}, 200);
  assert.equal(open.lifecycle.state, 'open');
  assert.deepEqual(open.lifecycle.changes.slice(-3).map((change) => change.to), ['snoozed', 'dismissed', 'open']);
});

test('reports answer as described, in every format', async () => {
  const list = '/api/v1/reports';
  const one = '/api/v1/reports/{id}';
  const {items} = await check(list, `${list}?limit=1`, 200);
  await check(list, `${list}?database=shop`, 400);
  const now = await check(one, `${list}/now?period=day`, 200);
  assert.equal(now.id, 'now');
  assert.match(await check(one, `${list}/now?format=html`, 200), /<!DOCTYPE html>/);
  assert.match(await check(one, `${list}/now?format=markdown`, 200), /^# Index report/);
  assert.match(await check(one, `${list}/now?format=sql`, 200), /^-- What pgadvisor proposes/);
  await check(one, `${list}/now?format=pdf`, 400);
  await check(one, `${list}/none`, 404);
  if (items.length > 0) {
    await check(one, `${list}/last`, 200);
    await check(one, `${list}/${items[0].id}?format=markdown`, 200);
  }
  const deliver = '/api/v1/reports/{id}/deliver';
  const post = {method: 'POST', headers: {'Content-Type': 'application/json'}, body: '{}'};
  await check(deliver, `${list}/none/deliver`, 404, post);
  await check(deliver, `${list}/none/deliver`, 403, {...post, headers: {...post.headers, Origin: 'http://evil.example'}});
  await check(deliver, `${list}/none/deliver`, 405);
});

test('what is not there and what is not allowed is a problem document', async () => {
  await check('/api/v1/recommendations/{id}', '/api/v1/recommendations/none', 404);
  await check('/assets/{file}', '/assets/none', 404);
  await check('/api/v1/status', '/api/v1/status', 405, {method: 'POST', body: '{}'});
});
