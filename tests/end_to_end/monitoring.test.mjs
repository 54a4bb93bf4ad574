// Every expression of every dashboard and rule against a Prometheus that scrapes a running daemon on the demo, and an
// alert on its way through Alertmanager to a webhook: PGADVISOR_URL=http://127.0.0.1:7432
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:http';
import {createServer as createSocket} from 'node:net';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {after, before, test} from 'node:test';
import {fileURLToPath} from 'node:url';

const daemon = process.env.PGADVISOR_URL;
if (!daemon) throw new Error('set PGADVISOR_URL to the address of a running daemon');

const sources = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const deploy = join(sources, 'deploy');
const folder = mkdtempSync(join(tmpdir(), 'pgadvisor-monitoring-'));
const programs = [];
const received = []; // by the webhook: {path, alert}
const webhook = createServer((request, response) => {
  let text = '';
  request.on('data', (part) => (text += part)).on('end', () => {
    for (const alert of JSON.parse(text).alerts) received.push({path: request.url, alert});
    response.end();
  });
});

/** What is empty on the demo, with the reason; tests/deploy/rules/only_when_test.yml makes each of them so. */
const onlyWhen = new Map([
  ['pgadvisor_replica_', 'the cluster has replicas'],
  ['pgadvisor_proposal_time_ratio', 'a change was carried out and measured'],
  ['pgadvisor_proposal_saved_seconds_per_day', 'a change was carried out and measured'],
  ['pgadvisor_proposal_index_scans', 'a change was carried out and measured'],
  ['pgadvisor_proposal_size_bytes', 'a change was carried out and measured'],
  ['pgadvisor_workload_saved_seconds_per_day', 'the workload\'s window is a minute long'],
  ['pgadvisor_workload_coverage_ratio', 'the advice rests on no counts from before the first poll'],
  ['pgadvisor_problems{job=~"pgadvisor", instance=~".*"} > 0', 'there is a problem'],
]);

const sleep = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/** The first that is not undefined of what `look` answers, asked again and again for a minute. */
async function soon(what, look) {
  for (const until = Date.now() + 60e3; Date.now() < until; await sleep(200)) {
    const found = await look().catch(() => undefined);
    if (found !== undefined) return found;
  }
  return assert.fail(`${what}: not within a minute\n${programs.map((child) => child.log.slice(-2000)).join('\n')}`);
}

const freePort = () => new Promise((done) => {
  const socket = createSocket().listen(0, '127.0.0.1', () => {
    const {port} = socket.address();
    socket.close(() => done(port));
  });
});

/** Starts a program of Debian's packages prometheus and prometheus-alertmanager, which ends with this one. */
function start(program, ...parameters) {
  const child = spawn('setpriv', ['--pdeathsig', 'TERM', '--', program, ...parameters], {stdio: ['ignore', 'ignore', 'pipe']});
  child.log = '';
  child.stderr.on('data', (part) => (child.log += part));
  child.on('error', (error) => (child.log += error));
  programs.push(child);
}

let prometheus = '';
async function ask(path, parameters = {}) {
  const response = await fetch(`${prometheus}/api/v1/${path}?${new URLSearchParams(parameters)}`);
  const answer = await response.json();
  assert.equal(answer.status, 'success', `${parameters.query ?? path}: ${answer.error}`);
  return answer.data;
}
const query = async (expression) => (await ask('query', {query: expression})).result;

/** The shipped rules without waiting times. */
function copyRules() {
  mkdirSync(join(folder, 'rules'));
  for (const file of readdirSync(join(deploy, 'prometheus', 'rules'))) {
    const text = readFileSync(join(deploy, 'prometheus', 'rules', file), 'utf8').replaceAll(/^( +for): .*$/gm, '$1: 1s');
    writeFileSync(join(folder, 'rules', file), text);
  }
}

before(async () => {
  const [prometheusPort, alertmanagerPort] = [await freePort(), await freePort()];
  await new Promise((done) => webhook.listen(0, '127.0.0.1', done));
  copyRules();
  const example = readFileSync(join(deploy, 'prometheus', 'prometheus.example.yml'), 'utf8');
  writeFileSync(join(folder, 'prometheus.yml'), example.replaceAll('30s', '1s')
    .replace('/etc/prometheus/rules', join(folder, 'rules')).replace('127.0.0.1:9093', `127.0.0.1:${alertmanagerPort}`)
    .replace('127.0.0.1:7432', new URL(daemon).host));
  const routes = readFileSync(join(deploy, 'prometheus', 'alertmanager.example.yml'), 'utf8');
  writeFileSync(join(folder, 'alertmanager.yml'), routes.replaceAll('127.0.0.1:9099', `127.0.0.1:${webhook.address().port}`)
    .replaceAll(/group_wait: .*/g, 'group_wait: 1s'));
  start('prometheus', `--config.file=${folder}/prometheus.yml`, `--storage.tsdb.path=${folder}/data`,
    `--web.listen-address=127.0.0.1:${prometheusPort}`, '--log.level=warn');
  start('prometheus-alertmanager', `--config.file=${folder}/alertmanager.yml`, `--storage.path=${folder}/alertmanager`,
    `--web.listen-address=127.0.0.1:${alertmanagerPort}`, '--cluster.listen-address=', '--log.level=warn');
  prometheus = `http://127.0.0.1:${prometheusPort}`;
  // Advice, what the life cycle makes of it, and what the last recording rule makes of both.
  for (const expression of ['proposal:pgadvisor_benefit_open:ratio > 0',
    'database:pgadvisor_droppable_indexes:count > 0', 'member:pgadvisor_database_seconds:rate1h > 0']) {
    await soon(expression, async () => ((await query(expression)).length > 0 ? true : undefined));
  }
});

after(async () => {
  for (const child of programs) {
    if (child.exitCode !== null || !child.pid) continue;
    const ended = new Promise((done) => child.once('exit', done));
    child.kill();
    await ended;
  }
  webhook.closeAllConnections();
  webhook.close();
  rmSync(folder, {recursive: true});
});

const dashboards = readdirSync(join(deploy, 'grafana', 'dashboards')).map((file) => (
  {file, ...JSON.parse(readFileSync(join(deploy, 'grafana', 'dashboards', file), 'utf8'))}));
const panels = dashboards.flatMap((dashboard) => dashboard.panels.filter((panel) => panel.type !== 'row')
  .map((panel) => ({...panel, place: `${dashboard.title}, ${panel.title}`})));
/** As Grafana would send it for all daemons and the demo's database. */
const sent = (expression) => expression.replaceAll('$job', 'pgadvisor').replaceAll('$instance', '.*')
  .replaceAll('$database', 'shop').replaceAll('$__rate_interval', '5m');
const shown = panels.flatMap((panel) => panel.targets.map((target) => ({place: panel.place, expression: sent(target.expr)})));

/** Names of metrics in an expression: of the daemon, and of recording rules. */
const names = (expression) => expression.replaceAll(/"[^"]*"/g, '').match(/[a-z_:]*pgadvisor_[a-z0-9_:]+/g) ?? [];

/** Rules as Prometheus has read them. */
const rules = async () => (await ask('rules')).groups.flatMap((group) => group.rules);

/** Every family the daemon has, those too that it does not show now. */
async function families() {
  const metrics = join(sources, 'daemon', 'metrics');
  const written = readdirSync(metrics).filter((file) => file.endsWith('_families.cpp') || file === 'families.cpp')
    .flatMap((file) => [...readFileSync(join(metrics, file), 'utf8').matchAll(/"(pgadvisor_\w+)"/g)].map((match) => match[1]));
  const text = await (await fetch(`${daemon}/metrics`)).text();
  const exposed = [...text.matchAll(/^# TYPE (\w+) /gm)].map((match) => match[1]);
  assert.ok(exposed.length > 40);
  for (const name of exposed) assert.ok(written.includes(name), `${name} is not found in the sources`);
  return new Set(written);
}

test('every expression of every panel returns data, or only when something is so that is tested elsewhere', async () => {
  const testedElsewhere = readFileSync(join(sources, 'tests', 'deploy', 'rules', 'only_when_test.yml'), 'utf8');
  assert.ok(shown.length > 60);
  for (const {place, expression} of shown) {
    if ((await query(expression)).length > 0) continue;
    const reason = [...onlyWhen.keys()].find((part) => expression.includes(part));
    assert.ok(reason, `${place} is empty: ${expression}`);
    assert.ok(testedElsewhere.includes(`expr: '${expression}'`), `${place}: only_when_test.yml lacks ${expression}`);
  }
});

test('every variable of every dashboard has values', async () => {
  const variables = dashboards.flatMap((dashboard) => dashboard.templating.list).filter((one) => one.type === 'query');
  assert.ok(variables.length >= 6);
  for (const {query: {query: definition}} of variables) {
    const [, expression, label] = definition.match(/^label_values\((.+), (\w+)\)$/);
    const found = await query(sent(expression));
    assert.ok(found.length > 0 && found.every((series) => series.metric[label]), definition);
  }
});

test('every rule is healthy, and every recording rule returns data', async () => {
  for (const rule of await rules()) {
    assert.equal(rule.health, 'ok', `${rule.name}: ${rule.lastError}`);
    const found = await query(rule.query);
    if (rule.type === 'recording') assert.ok(found.length > 0, `${rule.name} is empty`);
  }
});

test('every metric that a panel, a variable or a rule names exists', async () => {
  const known = await families();
  const read = await rules();
  for (const rule of read) if (rule.type === 'recording') known.add(rule.name);
  const definitions = dashboards.flatMap((dashboard) => dashboard.templating.list.map((one) => one.query.query ?? ''));
  const named = [...shown.map((one) => one.expression), ...definitions, ...read.map((rule) => rule.query)].flatMap(names);
  assert.ok(named.length > 100);
  for (const name of named) assert.ok(known.has(name), name);
});

test('every metric of the daemon is shown by some panel, itself or by a recording rule', async () => {
  const recording = new Map((await rules()).filter((rule) => rule.type === 'recording').map((rule) => [rule.name, rule.query]));
  const used = new Set(shown.flatMap((one) => names(one.expression)));
  for (const name of used) for (const inner of names(recording.get(name) ?? '')) used.add(inner); // grows as it goes
  for (const name of await families()) assert.ok(used.has(name), `no panel shows ${name}`);
});

test('an alert arrives at the webhook with what it says', async () => {
  const isIt = ({alert}) => alert.labels.alertname === 'PgadvisorMissingForeignKeyIndex';
  const {path, alert} = await soon('the alert', async () => received.find(isIt));
  assert.equal(path, '/database-team');
  assert.equal(alert.status, 'firing');
  assert.equal(alert.labels.table, 'public.orders');
  assert.equal(alert.labels.columns, 'coupon_id');
  assert.equal(alert.labels.cluster, 'shop');
  assert.match(alert.annotations.summary, /^No index serves the foreign key on public\.orders \(coupon_id\) of shop/);
  assert.match(alert.annotations.runbook_url, /runbooks\/PgadvisorMissingForeignKeyIndex\.md$/);
});

test('a healthy demo has no alert on the daemon itself', async () => {
  const firing = (await ask('alerts')).alerts.filter((alert) => alert.state === 'firing').map((alert) => alert.labels.alertname);
  const found = ['PgadvisorMissingForeignKeyIndex', 'PgadvisorHighImpactRecommendation'];
  for (const name of found) assert.ok(firing.includes(name), `${name} does not fire`);
  for (const name of firing) {
    assert.doesNotMatch(name, /Down|NotScraped|Unreachable|Problem|Stale|OwnCost|SeriesDropped|Regressed|Missed|Harmful/, name);
  }
});
