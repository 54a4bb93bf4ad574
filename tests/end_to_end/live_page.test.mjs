// The page's own script against a running daemon, in a DOM without a browser: PGADVISOR_URL=http://127.0.0.1:7432
import assert from 'node:assert/strict';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, test} from 'node:test';
import {pathToFileURL} from 'node:url';

import {JSDOM} from 'jsdom';

const base = process.env.PGADVISOR_URL;
if (!base) throw new Error('set PGADVISOR_URL to the address of a running daemon');

const realFetch = globalThis.fetch;
const realTimeout = globalThis.setTimeout;
const get = async (path) => (await realFetch(base + path)).text();
const api = async (path) => JSON.parse(await get(`/api/v1/${path}`));

const folder = mkdtempSync(join(tmpdir(), 'pgadvisor-page-'));
after(() => rmSync(folder, {recursive: true}));
writeFileSync(join(folder, 'package.json'), '{"type": "module"}');
for (const script of ['app.js', 'view.js']) writeFileSync(join(folder, script), await get(`/assets/${script}`));

const {window} = new JSDOM(await get('/'));
const {document} = window;
const timers = []; // the next polls; all other timers (fetch has some) run as they are
let daemon = base;
Object.assign(globalThis, {document,
  fetch: (path, options) => realFetch(daemon + path, options),
  setTimeout: (action, wait, ...rest) => (
    action.name === 'poll' ? timers.push(action) : realTimeout(action, wait, ...rest))});

/** Until the script waits for its next poll. */
async function polled() {
  for (const until = Date.now() + 5000; timers.length === 0 && Date.now() < until;) await new Promise((done) => setImmediate(done));
  assert.equal(timers.length, 1, 'one poll at a time');
  return timers.shift();
}

const rows = (section) => document.querySelectorAll(`#${section} .list tbody tr, #${section} .list article`).length;

test('the page loads, shows what the API says, and says when the daemon is gone', async () => {
  assert.equal(document.querySelector('#statements .list').textContent, '');
  await import(pathToFileURL(join(folder, 'app.js')));
  assert.match(document.querySelector('#statements .list').textContent, /Loading/);
  const poll = await polled();

  const status = await api('status');
  assert.equal(document.getElementById('health').textContent,
    status.ready ? 'healthy' : status.up ? 'needs attention' : 'server not reachable');
  assert.equal(document.querySelectorAll('#problems .notice').length, status.problems.length);
  for (const list of ['recommendations', 'statements', 'indexes', 'foreign_keys', 'hotspots', 'findings']) {
    const {items, as_of: asOf} = await api(list);
    assert.equal(rows(list), items.length, list);
    const shown = document.querySelector(`#${list} .list`).textContent;
    assert.ok(shown.length > 0, list);
    if (asOf === null) assert.match(shown, /first analysis is under way/);
  }
  assert.ok(document.getElementById('offline').hidden);

  daemon = 'http://127.0.0.1:1';
  poll();
  const again = await polled();
  assert.ok(!document.getElementById('offline').hidden);
  assert.ok(document.querySelector('main').classList.contains('stale'));

  daemon = base;
  again();
  await polled();
  assert.ok(document.getElementById('offline').hidden);
  assert.ok(!document.querySelector('main').classList.contains('stale'));
});
