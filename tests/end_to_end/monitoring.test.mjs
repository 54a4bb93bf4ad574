// Every expression of every dashboard and rule against a Prometheus that scrapes a running daemon on the demo, and an
// alert on its way through Alertmanager to a webhook: PGADVISOR_URL=http://127.0.0.1:7432
import assert from 'node:assert/strict';
import {readFileSync, readdirSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {after, before, test} from 'node:test';
import {fileURLToPath} from 'node:url';
import {Monitoring} from '../support/monitoring.mjs';

const daemon = process.env.PGADVISOR_URL;
if (!daemon) throw new Error('set PGADVISOR_URL to the address of a running daemon');

const sources = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const deploy = join(sources, 'deploy');
const monitoring = new Monitoring();
const ask = (path) => monitoring.ask(path);
const query = (expression) => monitoring.query(expression);

/** What is empty on the demo, with the reason; tests/deploy/rules/only_when_test.yml makes each of them so. */
const onlyWhen = new Map([
  ['pgadvisor_replica_', 'the cluster has replicas'],
  ['pgadvisor_proposal_time_ratio', 'a change was carried out and measured'],
  ['pgadvisor_proposal_saved_seconds_per_day', 'a change was carried out and measured'],
  ['pgadvisor_proposal_index_scans', 'a change was carried out and measured'],
  ['pgadvisor_proposal_size_bytes', 'a change was carried out and measured'],
  ['pgadvisor_workload_saved_seconds_per_day', 'the workload\'s window is a minute long'],
  ['pgadvisor_workload_coverage_ratio', 'the advice rests on no counts from before the first poll'],
  ['pgadvisor_weekly_reports_undelivered', 'reports are delivered'],
  ['pgadvisor_weekly_report_last_', 'a report was made'],
  ['pgadvisor_weekly_report_next_', 'reports are planned'],
  ['pgadvisor_problems{job=~"pgadvisor", instance=~".*"} > 0', 'there is a problem'],
]);

before(async () => {
  await monitoring.start(daemon);
  // Advice, what the life cycle makes of it, what the last recording rule makes of both, and hotspots, which the first
  // readings are too few for.
  for (const expression of ['proposal:pgadvisor_benefit_open:ratio > 0', 'database:pgadvisor_droppable_indexes:count > 0',
    'member:pgadvisor_database_seconds:rate1h > 0', 'pgadvisor_hotspot_read_bytes']) {
    await monitoring.soon(expression, async () => ((await query(expression)).length > 0 ? true : undefined));
  }
});

after(() => monitoring.stop());

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
  const name = 'PgadvisorMissingForeignKeyIndex';
  const {path, alert} = await monitoring.alert(name, ({labels}) => labels.alertname === name);
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
