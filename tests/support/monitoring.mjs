// A Prometheus with the shipped rules that scrapes a daemon every second, and an Alertmanager with the shipped routes,
// whose receivers are all one webhook. Rules do not wait; nothing else differs from what is shipped.
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:http';
import {createServer as createSocket} from 'node:net';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

const shipped = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'deploy', 'prometheus');

const sleep = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/** The first that is not undefined of what `look` answers, asked again and again; `explain` is for the error. */
export async function soon(what, look, {seconds = 60, explain = () => ''} = {}) {
  for (const until = Date.now() + seconds * 1e3; Date.now() < until; await sleep(200)) {
    const found = await look().catch(() => undefined);
    if (found !== undefined) return found;
  }
  return assert.fail(`${what}: not within ${seconds} s\n${explain()}`);
}

const freePort = () => new Promise((done) => {
  const socket = createSocket().listen(0, '127.0.0.1', () => {
    const {port} = socket.address();
    socket.close(() => done(port));
  });
});

/** Watches the daemon at this address; to be stopped. */
export class Monitoring {
  received = []; // by the webhook: {path, alert}
  #folder = mkdtempSync(join(tmpdir(), 'pgadvisor-monitoring-'));
  #programs = [];
  #webhook = createServer((request, response) => {
    let text = '';
    request.on('data', (part) => (text += part)).on('end', () => {
      for (const alert of JSON.parse(text).alerts) this.received.push({path: request.url, alert});
      response.end();
    });
  });

  async start(daemon) {
    const [prometheus, alertmanager] = [await freePort(), await freePort()];
    await new Promise((done) => this.#webhook.listen(0, '127.0.0.1', done));
    this.#configure(daemon, alertmanager);
    this.#run('prometheus', `--config.file=${this.#folder}/prometheus.yml`, `--storage.tsdb.path=${this.#folder}/data`,
      `--web.listen-address=127.0.0.1:${prometheus}`, '--log.level=warn');
    this.#run('prometheus-alertmanager', `--config.file=${this.#folder}/alertmanager.yml`,
      `--storage.path=${this.#folder}/alertmanager`, `--web.listen-address=127.0.0.1:${alertmanager}`,
      '--cluster.listen-address=', '--log.level=warn');
    this.address = `http://127.0.0.1:${prometheus}`;
  }

  #configure(daemon, alertmanager) {
    mkdirSync(join(this.#folder, 'rules'));
    const copy = (from, to, change) =>
      writeFileSync(join(this.#folder, to), change(readFileSync(join(shipped, from), 'utf8')));
    for (const file of readdirSync(join(shipped, 'rules'))) {
      copy(`rules/${file}`, `rules/${file}`, (text) => text.replaceAll(/^( +for): .*$/gm, '$1: 1s'));
    }
    copy('prometheus.example.yml', 'prometheus.yml', (text) => text.replaceAll('30s', '1s')
      .replace('/etc/prometheus/rules', join(this.#folder, 'rules'))
      .replace('127.0.0.1:9093', `127.0.0.1:${alertmanager}`).replace('127.0.0.1:7432', new URL(daemon).host));
    copy('alertmanager.example.yml', 'alertmanager.yml', (text) => text
      .replaceAll('127.0.0.1:9099', `127.0.0.1:${this.#webhook.address().port}`)
      .replaceAll(/group_wait: .*/g, 'group_wait: 1s'));
  }

  /** Starts a program of Debian's packages prometheus and prometheus-alertmanager, which ends with this one. */
  #run(program, ...parameters) {
    const child = spawn('setpriv', ['--pdeathsig', 'TERM', '--', program, ...parameters], {stdio: ['ignore', 'ignore', 'pipe']});
    child.log = '';
    child.stderr.on('data', (part) => (child.log += part));
    child.on('error', (error) => (child.log += error));
    this.#programs.push(child);
  }

  async ask(path, parameters = {}) {
    const response = await fetch(`${this.address}/api/v1/${path}?${new URLSearchParams(parameters)}`);
    const answer = await response.json();
    assert.equal(answer.status, 'success', `${parameters.query ?? path}: ${answer.error}`);
    return answer.data;
  }

  async query(expression) {
    return (await this.ask('query', {query: expression})).result;
  }

  /** Waits for the first alert at the webhook of which `isIt` says so: {path, alert}. */
  alert(what, isIt) {
    return this.soon(what, async () => this.received.find(({alert}) => isIt(alert)));
  }

  soon(what, look) {
    return soon(what, look, {explain: () => this.#programs.map((child) => child.log.slice(-2000)).join('\n')});
  }

  async stop() {
    for (const child of this.#programs) {
      if (child.exitCode !== null || !child.pid) continue;
      const ended = new Promise((done) => child.once('exit', done));
      child.kill();
      await ended;
    }
    this.#webhook.closeAllConnections();
    this.#webhook.close();
    rmSync(this.#folder, {recursive: true});
  }
}
