// The page's scripts parse, show what the API says, and never turn text of a database into markup.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {copyFileSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {after, test} from 'node:test';
import {fileURLToPath, pathToFileURL} from 'node:url';

import {JSDOM} from 'jsdom';

const web = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'daemon', 'web');
// Outside any package Node takes .js for CommonJS: the scripts are tried as the modules that they are in a browser.
const folder = mkdtempSync(join(tmpdir(), 'pgadvisor-page-'));
copyFileSync(join(web, 'view.js'), join(folder, 'view.mjs'));
copyFileSync(join(web, 'app.js'), join(folder, 'app.mjs'));
after(() => rmSync(folder, {recursive: true}));

const {window} = new JSDOM(readFileSync(join(web, 'index.html'), 'utf8'));
globalThis.document = window.document;
const view = await import(pathToFileURL(join(folder, 'view.mjs')));

const hostile = '<img src=x onerror=alert(1)>"\'&amp;';
const plan = (type) => ({Plan: {'Node Type': type, 'Relation Name': hostile, 'Startup Cost': 0, 'Total Cost': 5, 'Plan Rows': 1,
  Plans: [{'Node Type': 'Index Scan', 'Index Name': 'ix_a', 'Startup Cost': 0, 'Total Cost': 2, 'Plan Rows': 1, 'Index Cond': '(a = 1)'}]}});
const statement = {query_id: hostile, query: hostile, weight: 1, cost_before: 100, cost_after: 5, plan_before: plan('Hash Join'), plan_after: {}};
const recommendation = {id: hostile, database: hostile, ddl: hostile, rollback: hostile, table: hostile, index_name: hostile,
  kind: [hostile], size_bytes: 1536, benefit: {share: 0.25, cost: 1, time_ms: null, time_per_day_ms: null}, write_overhead: {writes: 3, time_ms: 5},
  statements: [statement], confidence: 'high', reasons: [hostile]};

/** Opens every <details>, also those that open inside. */
function openAll(element) {
  for (let closed; (closed = [...element.querySelectorAll('details')].filter((d) => !d.open)).length > 0;) {
    for (const details of closed) {
      details.open = true;
      details.dispatchEvent(new window.Event('toggle'));
    }
  }
}

test('both scripts are valid modules', () => {
  for (const script of ['app.mjs', 'view.mjs']) execFileSync(process.execPath, ['--check', join(folder, script)]);
});

test('the page asks nobody but pgadvisor and needs no inline script or style', () => {
  const {document} = window;
  for (const element of document.querySelectorAll('[src], [href]')) {
    const address = element.getAttribute('src') ?? element.getAttribute('href');
    assert.match(address, /^[/#](?!\/)/, element.outerHTML);
  }
  for (const script of document.querySelectorAll('script')) assert.equal(script.textContent, '');
  assert.equal(document.querySelectorAll('style, [style]').length, 0);
  assert.doesNotMatch(readFileSync(join(web, 'style.css'), 'utf8'), /url\(|@import/);
});

test('text of a database stays text', () => {
  const item = {database: hostile, schema: hostile, name: hostile, table_schema: hostile, table: hostile, verdict: hostile,
    reasons: [hostile], size_bytes: 1, scans: 1, since: null, seq_scans: 1, rows_read: 1, read_bytes: 1, query: hostile,
    query_id: hostile, state: hostile, statements: [{query_id: hostile, query: hostile, foreign_key: hostile}], calls: 1,
    total_time_ms: 1, cost_before: 2, cost_after: 1, kind: hostile, object: hostile, message: hostile,
    reclaimable_bytes: 1, ddl: hostile, rollback: hostile, rehearsal: {statements_planned: 1, statements_worse: 1, statements: [statement]},
    columns: [hostile], references: hostile, severity: hostile, changes: 1, table_bytes: 1};
  const problem = {component: hostile, database: hostile, message: hostile, hint: hostile, since: null};
  const shown = [view.recommendation(recommendation), view.statements([item]), view.indexes([item]), view.foreignKeys([item]), view.hotspots([item]),
    view.findings([item]), view.problem(problem)];
  for (const element of shown) {
    openAll(element);
    assert.equal(element.querySelectorAll('img, script').length, 0);
    assert.ok(element.textContent.includes(hostile));
    assert.ok(!element.textContent.includes('[object'), element.textContent);
  }
});

test('a recommendation shows its statement, benefit, size and rollback', () => {
  const card = view.recommendation({...recommendation, id: 'r1', ddl: 'CREATE INDEX ix_a ON a (b)', rollback: 'DROP INDEX ix_a'});
  openAll(card);
  for (const text of ['CREATE INDEX ix_a ON a (b)', 'DROP INDEX ix_a', '25 %', '1.5 kB', '20 times cheaper', 'high confidence']) {
    assert.ok(card.textContent.includes(text), text);
  }
  assert.match(card.textContent, /-> Index Scan using ix_a {2}\(cost=0\.\.2 rows=1\)/);
});

test('an index shows its rehearsal and the SQL both ways', () => {
  const item = {database: 'shop', schema: 'public', name: 'ix_a', table_schema: 'public', table: 'orders', verdict: 'unused', reasons: ['no scan'],
    scans: 0, size_bytes: 8192, reclaimable_bytes: 8192, since: null, ddl: 'DROP INDEX ix_a', rollback: 'CREATE INDEX ix_a ON orders (a)',
    rehearsal: {statements_planned: 3, statements_worse: 0, statements: []}};
  const list = view.indexes([item]);
  openAll(list);
  for (const text of ['unused', 'no scan', 'none of 3 statements gets worse', 'DROP INDEX ix_a', 'CREATE INDEX ix_a ON orders (a)', '8 kB']) {
    assert.ok(list.textContent.includes(text), text);
  }
});

test('what is open stays open when the list is drawn again', () => {
  const first = view.recommendation({...recommendation, id: 'r2'});
  first.querySelector('details').open = true;
  first.querySelector('details').dispatchEvent(new window.Event('toggle'));
  assert.ok(view.recommendation({...recommendation, id: 'r2'}).querySelector('details').open);
  assert.ok(!view.recommendation({...recommendation, id: 'r3'}).querySelector('details').open);
});

test('numbers that are not known are dashes', () => {
  assert.equal(view.number(null), '–');
  assert.equal(view.percent(null), '–');
  assert.equal(view.milliseconds(null), '–');
  assert.equal(view.time(null), 'never');
});

test('sizes and durations are readable', () => {
  assert.equal(view.bytes(0), '0 bytes');
  assert.equal(view.bytes(1536), '1.5 kB');
  assert.equal(view.bytes(3 * 1024 ** 3), '3 GB');
  assert.equal(view.milliseconds(0.25), '0.25 ms');
  assert.equal(view.milliseconds(90e3), '1.5 min');
  assert.equal(view.milliseconds(36 * 3600e3), '1.5 d');
});

test('plans without children or conditions are one line', () => {
  assert.deepEqual(view.planLines({'Node Type': 'Result', 'Startup Cost': 0, 'Total Cost': 0.01, 'Plan Rows': 1}),
    ['Result  (cost=0..0.01 rows=1)']);
});
