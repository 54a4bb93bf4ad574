// What a week with pgadvisor is like, in minutes: a daemon with short intervals watches the demo shop under load, a
// Prometheus with the shipped rules scrapes it. PGADVISOR_URL=http://127.0.0.1:7432, PGADVISOR=path of the program,
// PGHOST and the like for the shop. Each step waits for what the daemon measures itself.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {after, before, test} from 'node:test';
import {Monitoring, soon} from '../support/monitoring.mjs';

const daemon = process.env.PGADVISOR_URL;
const program = process.env.PGADVISOR;
if (!daemon || !program) throw new Error('set PGADVISOR_URL and PGADVISOR');

const kPatience = 150; // seconds; the demo is usually measured within 30
/** So many slices of the history are needed on each side of a change, and two more that it touches. */
const kSlices = 7;

const monitoring = new Monitoring();
const get = async (path) => (await fetch(`${daemon}/api/v1/${path}`)).json();
const psql = (sql) => execFileSync('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-c', sql], {stdio: 'pipe'});

/** By the program, as a person would. */
function apply(id) {
  const {PGADVISOR_URL: _, ...environment} = process.env; // no setting of the program
  execFileSync(program, ['apply', id, '--dsn', environment.PGADVISOR_TARGET_DSN, '--url', daemon], {env: environment, stdio: 'pipe'});
}

const all = async () => (await get('recommendations?state=all&limit=1000')).items;
const find = async (isIt) => (await all()).find(isIt);
const polls = async () => (await get('status')).tasks.find(({name}) => name === 'statements').runs;

/** Waits until a proposal has come to a state: the proposal. */
function comesTo(state, isIt) {
  let last;
  return soon(`state ${state}`, async () => {
    last = await find(isIt);
    return last?.lifecycle.state === state ? last : undefined;
  }, {seconds: kPatience, explain: () => JSON.stringify(last?.lifecycle, null, 1)});
}

async function slicesPass() {
  const until = await polls() + kSlices;
  await soon('slices', async () => (await polls() >= until ? true : undefined), {seconds: kPatience});
}

async function tell({ddl, index_name: index, lifecycle: {state, why, effect}}) {
  const texts = new Map((await get('statements?limit=1000')).items.map((one) => [one.query_id, one.query]));
  console.log(`\n${state}: ${ddl ?? index}\n  ${why}`);
  for (const {query_id: id, role, calls_before: n, calls_after: m, before: b, after: a} of effect.statements) {
    const [was, is] = [b, a].map(({time_ms: time}) => time.toFixed(2).padStart(8));
    const text = (texts.get(id) ?? id).replaceAll(/\s+/g, ' ').slice(0, 60);
    console.log(`  ${role.padEnd(7)} ${was} ms (${n} calls) -> ${is} ms (${m} calls)  ${text}`);
  }
}

before(() => monitoring.start(daemon));
after(() => monitoring.stop());

test('two recommendations are applied, and verified with measured times', async () => {
  const wanted = await soon('recommendations for orders and events', async () => {
    const open = (await get('recommendations')).items;
    const best = ['public.orders', 'public.events'].map((table) => open.find((one) => one.table === table));
    return best.every(Boolean) ? best : undefined;
  }, {seconds: kPatience});
  await slicesPass();
  for (const {id} of wanted) apply(id);
  psql('CREATE INDEX products_price_idx ON products (price)'); // by hand: see below
  for (const {id} of wanted) {
    const verified = await comesTo('verified', (one) => one.id === id);
    await tell(verified);
    const {effect} = verified.lifecycle;
    const served = effect.statements.filter(({role, calls_before: n, calls_after: m}) => role === 'served' && n > 0 && m > 0);
    assert.ok(served.length > 0 && served.some(({before, after: now}) => now.time_ms < before.time_ms / 2));
    assert.ok(effect.saved_ms_per_day > 0 && effect.index_scans > 0 && effect.size_bytes > 0);
  }
});

test('a useless index that was made by hand is called without effect', async () => {
  const useless = await comesTo('without_effect', (one) => one.index_name === 'products_price_idx');
  await tell(useless);
  assert.equal(useless.lifecycle.origin, 'catalog');
  assert.equal(useless.lifecycle.effect.index_scans, 0);
  assert.match(useless.lifecycle.proposes, /^DROP INDEX CONCURRENTLY (public\.)?products_price_idx$/);
  // Of what is good to know, the webhook gets one message a day: it fires.
  const firing = 'ALERTS{alertname="PgadvisorIndexWithoutEffect", alertstate="firing", index=~".*products_price_idx"}';
  await monitoring.soon(firing, async () => (await monitoring.query(firing))[0]);
});

test('a needed index that is dropped is missed: a regression, a hotspot, and alerts at the webhook', async () => {
  const quiet = (await get('hotspots')).items.find(({table}) => table === 'items');
  assert.equal(quiet, undefined, 'nothing reads it whole');
  psql('DROP INDEX items_product_id_idx');
  const regressed = await comesTo('regressed', (one) => one.action === 'drop_index' && one.index_name === 'items_product_id_idx');
  await tell(regressed);
  assert.match(regressed.lifecycle.proposes, /^CREATE INDEX CONCURRENTLY items_product_id_idx ON public\.items /);
  const hotspot = await soon('the hotspot', async () => (await get('hotspots')).items.find(({table, state}) =>
    table === 'items' && state === 'new'), {seconds: kPatience});
  assert.equal(hotspot.cause, 'missing_index');
  console.log(`\nhotspot ${hotspot.schema}.${hotspot.table}: ${hotspot.seq_scans} scans; ${hotspot.reasons.join(' ')}`);
  const missed = await monitoring.alert('the missed index', ({labels}) =>
    labels.alertname === 'PgadvisorDroppedIndexMissed' && labels.index.includes('items_product_id_idx'));
  assert.equal(missed.path, '/database-on-call');
  const alert = await monitoring.alert('the hotspot', ({labels}) => labels.alertname === 'PgadvisorNewHotspot' && labels.table === 'items');
  assert.equal(alert.path, '/database-team');
  for (const {path, alert: {annotations}} of [missed, alert]) console.log(`\n${path}: ${annotations.summary}`);
});

test('the weekly report says what was done and what it brought', async () => {
  const {done: {items}} = await get('reports/now?format=json&period=day');
  const states = new Map(items.map(({index, state, effect}) => [index, `${state}, ${effect.verdict}`]));
  assert.equal(states.get('public.items_product_id_idx'), 'regressed, regressed');
  assert.equal(states.get('public.products_price_idx'), 'without_effect, without_effect');
  assert.equal([...states.values()].filter((one) => one === 'verified, verified').length, 2);
});

test('taking the drop back ends it', async () => {
  const {id} = await find((one) => one.action === 'drop_index' && one.index_name === 'items_product_id_idx');
  apply(id);
  await comesTo('obsolete', (one) => one.id === id);
});
