// Rules, their unit tests, runbooks and examples: what promtool and amtool say, and that none lacks another.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {existsSync, readFileSync, readdirSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {test} from 'node:test';
import {fileURLToPath} from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const sources = join(here, '..', '..');
const prometheus = join(sources, 'deploy', 'prometheus');
const files = (folder, end) => readdirSync(folder).filter((name) => name.endsWith(end)).map((name) => join(folder, name));
const rules = files(join(prometheus, 'rules'), '.yml');
const unitTests = files(join(here, 'rules'), '_test.yml');
const runbooks = files(join(prometheus, 'runbooks'), '.md');
const runbookAddress = 'https://pgadvisor.example/';

/** The output of a program of Debian's packages prometheus and prometheus-alertmanager; fails as it fails. */
function run(program, ...parameters) {
  try {
    return execFileSync(program, parameters, {encoding: 'utf8', stdio: 'pipe'});
  } catch (error) {
    assert.fail(`${program} ${parameters[0]}: ${error.stdout ?? ''}${error.stderr ?? ''}${error.code ?? ''}`);
  }
}

/** Each alert with what its block says, by the one way these files are written. */
const alerts = rules.flatMap((file) => readFileSync(file, 'utf8').split(/^ {6}- (?=alert:)/m).slice(1))
  .map((block) => ({
    name: block.match(/^alert: (\w+)$/m)[1],
    block,
    severity: block.match(/^ {8}labels: \{severity: (\w+)\}$/m)?.[1],
    runbook: block.match(/^ {10}runbook_url: (\S+)$/m)?.[1],
  }));

test('promtool accepts the rules and the example', () => {
  const said = run('promtool', 'check', 'rules', ...rules);
  const counted = [...said.matchAll(/SUCCESS: (\d+) rules found/g)].reduce((sum, match) => sum + Number(match[1]), 0);
  const written = rules.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/^ {6}- (alert|record):/gm)]);
  assert.equal(written.length, counted, 'every rule is written in the one way');
  run('promtool', 'check', 'config', '--syntax-only', join(prometheus, 'prometheus.example.yml'));
});

for (const file of unitTests) {
  test(`alerts fire and are silent as ${file.split('/').at(-1)} says`, () => run('promtool', 'test', 'rules', file));
}

test('every alert is tested to fire and to be silent', () => {
  const text = unitTests.map((file) => readFileSync(file, 'utf8')).join('\n');
  for (const {name} of alerts) {
    assert.match(text, new RegExp(`alertname: ${name}\\n +exp_alerts:\\n +- exp_labels`), `${name} fires`);
    assert.match(text, new RegExp(`alertname: ${name}, exp_alerts: \\[\\]`), `${name} is silent`);
  }
  const known = new Set(alerts.map((alert) => alert.name));
  for (const [, name] of text.matchAll(/alertname: (\w+)/g)) assert.ok(known.has(name), `${name} is no alert`);
});

test('every alert says how bad it is, what it is and where to read on', () => {
  for (const {name, block, severity, runbook} of alerts) {
    assert.match(name, /^Pgadvisor[A-Z]/);
    assert.match(severity, /^(critical|warning|info)$/, name);
    assert.match(block, /^ {10}summary: >-\n {12}\S/m, name);
    assert.match(block, /^ {10}description: >-\n {12}\S/m, name);
    assert.equal(runbook, `${runbookAddress}deploy/prometheus/runbooks/${name}.md`);
    assert.ok(existsSync(join(sources, runbook.slice(runbookAddress.length))), runbook);
  }
});

test('every runbook belongs to an alert, says what to do, and its links lead somewhere', () => {
  const wanted = alerts.map((alert) => `${alert.name}.md`).sort();
  assert.deepEqual(runbooks.map((file) => file.split('/').at(-1)).sort(), wanted);
  for (const file of runbooks) {
    const text = readFileSync(file, 'utf8');
    for (const part of [/^# Pgadvisor\w+\n\n\*\*What it means\.\*\*/, /^## Look$/m, /^## Do$/m]) assert.match(text, part, file);
    for (const [, target] of text.matchAll(/\]\(([^)]+)\)/g)) assert.ok(existsSync(join(dirname(file), target)), `${file}: ${target}`);
  }
});

test('amtool accepts the example of Alertmanager, which sends each severity where it says', () => {
  const example = join(prometheus, 'alertmanager.example.yml');
  run('amtool', 'check-config', example);
  const receivers = {critical: 'database-on-call', warning: 'database-team', info: 'database-digest'};
  for (const {name, severity} of alerts) {
    run('amtool', 'config', 'routes', 'test', `--config.file=${example}`, `--verify.receivers=${receivers[severity]}`,
      `alertname=${name}`, `severity=${severity}`);
  }
});

test('what the example of Alertmanager names are alerts', () => {
  const known = new Set(alerts.map((alert) => alert.name));
  const text = readFileSync(join(prometheus, 'alertmanager.example.yml'), 'utf8');
  const named = [...text.matchAll(/alertname="(\w+)"/g)].map((match) => match[1]);
  for (const [, ends] of text.matchAll(/alertname=~"Pgadvisor\(([^)]+)\)"/g)) named.push(...ends.split('|').map((end) => `Pgadvisor${end}`));
  assert.ok(named.length > 5);
  for (const name of named) assert.ok(known.has(name), name);
});
