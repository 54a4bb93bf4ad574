// Test messages to servers that take them only when all is as it should be: TLS, certificates, log-in, signatures.
import assert from 'node:assert/strict';
import {execFileSync, spawn} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {createServer as createHttpsServer} from 'node:https';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, afterEach, before, test} from 'node:test';
import tls from 'node:tls';
import {smtpServer} from '../support/smtp_server.mjs';

const [binaries, sources] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'pgadvisor-delivery-'));
const login = {user: 'pgadvisor', password: 'Qx7 very:sécret'};
const servers = [];
let letters = [];

/** A certificate of its own authority, made now. */
function certificate(name, alternatives) {
  const [key, cert] = ['key', 'pem'].map((end) => join(folder, `${name}.${end}`));
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1',
    '-subj', `/CN=${name}`, '-addext', `subjectAltName=${alternatives}`, '-keyout', key, '-out', cert], {stdio: 'pipe'});
  return {file: cert, key: readFileSync(key), cert: readFileSync(cert)};
}

const write = (name, content) => {
  writeFileSync(join(folder, name), content, {mode: 0o600});
  return join(folder, name);
};

/** The port of a server that keeps its letters. */
async function listen(server) {
  servers.push(server);
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return server.address().port;
}
const mailServer = (options) => listen(smtpServer({take: (letter) => letters.push(letter), ...options}));

/** What `pgadvisor report --deliver test` says and how it ends; `seen` is what others can see of it meanwhile. */
function deliverTest(settings) {
  const environment = Object.entries(settings).map(([name, value]) => [`PGADVISOR_DELIVERY_${name.toUpperCase()}`, value]);
  const child = spawn(join(binaries, 'pgadvisor'), ['report', '--deliver', 'test'],
    {env: {PATH: process.env.PATH, ...Object.fromEntries(environment)}});
  const result = {output: '', seen: ''};
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (result.output += part));
  child.once('spawn', () => (result.seen = readFileSync(`/proc/${child.pid}/cmdline`, 'latin1')));
  return new Promise((done) => child.once('close', (code) => done({...result, code})));
}

let good;
let mail; // settings that are right but for the server
before(() => {
  good = certificate('good', 'DNS:localhost,IP:127.0.0.1');
  mail = {mail_user: login.user, mail_password_file: write('password', `${login.password}\n`), mail_from: 'pgadvisor@example.com',
    mail_to: 'dba@example.com', ca_file: good.file};
});
afterEach(() => (letters = []));
after(() => {
  for (const server of servers) server.close();
  rmSync(folder, {recursive: true});
});

const context = ({key, cert}) => tls.createSecureContext({key, cert});

test('mail is encrypted by STARTTLS before anybody logs in', async () => {
  const port = await mailServer({context: context(good), login});
  const {code, output, seen} = await deliverTest({...mail, mail_server: `smtp://localhost:${port}`});
  assert.equal(code, 0, output);
  assert.equal(output, 'mail: delivered\n');
  const [letter] = letters;
  assert.ok(letter.encrypted);
  assert.equal(letter.user, login.user);
  assert.match(letter.body, /^From: pgadvisor <pgadvisor@example.com>$/m);
  const commands = letter.commands.map((line) => line.split(' ')[0]);
  assert.deepEqual(commands.slice(0, 4), ['EHLO', 'STARTTLS', 'EHLO', 'AUTH']);
  assert.ok(seen.includes('report') && !seen.includes('sécret'));
});

test('mail is encrypted from the start by smtps', async () => {
  const port = await mailServer({context: context(good), implicit: true, login});
  const {code, output} = await deliverTest({...mail, mail_server: `smtps://localhost:${port}`});
  assert.equal(code, 0, output);
  assert.ok(letters[0].encrypted && letters[0].user === login.user);
});

test('a certificate of an authority that is not trusted is refused, and what to do is said', async () => {
  const port = await mailServer({context: context(good), login});
  const {code, output} = await deliverTest({...mail, mail_server: `smtp://localhost:${port}`, ca_file: ''});
  assert.equal(code, 1);
  assert.match(output, /mail: not delivered: .*certificate.*delivery\.ca_file/);
  assert.equal(letters.length, 0);
});

test('a certificate for another name is refused', async () => {
  const other = certificate('other', 'DNS:mail.example.com');
  const port = await mailServer({context: context(other), implicit: true, login});
  const {code, output} = await deliverTest({...mail, mail_server: `smtps://localhost:${port}`, ca_file: other.file});
  assert.equal(code, 1);
  assert.match(output, /mail: not delivered: .*name.*the certificate has to be valid for the host's name/);
  assert.equal(letters.length, 0);
});

test('a wrong password is reported without being shown', async () => {
  const port = await mailServer({context: context(good), login: {...login, password: 'another'}});
  const {code, output} = await deliverTest({...mail, mail_server: `smtp://localhost:${port}`});
  assert.equal(code, 1);
  assert.match(output, /mail: not delivered: .*535.*delivery\.mail_user .*delivery\.mail_password_file/);
  assert.doesNotMatch(output, /sécret|Qx7/);
  assert.equal(letters.length, 0);
});

test('a server that wants a log-in is not mailed without, and the settings for it are named', async () => {
  const port = await mailServer({context: context(good), login});
  const {code, output} = await deliverTest({...mail, mail_user: '', mail_password_file: '',
    mail_server: `smtp://localhost:${port}`});
  assert.equal(code, 1);
  assert.match(output, /mail: not delivered: .*530.*set delivery\.mail_user and delivery\.mail_password_file/);
  assert.equal(letters.length, 0);
});

test('a server without STARTTLS gets no password and no mail', async () => {
  const plain = smtpServer({take: (letter) => letters.push(letter), login});
  const heard = [];
  plain.on('connection', (socket) => socket.on('data', (data) => heard.push(data.toString())));
  const {code, output} = await deliverTest({...mail, mail_server: `smtp://localhost:${await listen(plain)}`});
  assert.equal(code, 1);
  assert.match(output, /mail: not delivered: .*no STARTTLS: .*delivery\.mail_encryption/);
  assert.match(heard.join(''), /^EHLO/);
  assert.doesNotMatch(heard.join(''), /AUTH|MAIL|DATA/);
});

test('a configuration that would send the password in clear is refused', async () => {
  for (const word of ['offered', 'none']) {
    const {code, output} = await deliverTest({...mail, mail_server: 'smtp://localhost:1', mail_encryption: word});
    assert.equal(code, 2);
    assert.match(output, /mail_encryption/);
  }
});

test('a receiver verifies the webhook as deploy/delivery.md says, and takes no other', async () => {
  const [, code] = readFileSync(join(sources, 'deploy', 'delivery.md'), 'utf8').match(/```js\n(.*?)```/s);
  const {isFromPgadvisor} = await import(`file://${write('verify.mjs', code)}`);
  const posts = [];
  const server = createHttpsServer({key: good.key, cert: good.cert}, (request, response) => {
    const parts = [];
    request.on('data', (part) => parts.push(part)).on('end', () => {
      posts.push({headers: request.headers, body: Buffer.concat(parts)});
      response.end();
    });
  });
  const port = await listen(server);
  for (const secret of [`whsec_${Buffer.from('0123456789abcdef0123456789abcdef').toString('base64')}`, 'plain words']) {
    const sent = await deliverTest({webhook_url: `https://localhost:${port}/hook`, ca_file: good.file,
      webhook_secret_file: write('secret', `${secret}\n`)});
    assert.equal(sent.code, 0, sent.output);
    const {headers, body} = posts.at(-1);
    assert.ok(isFromPgadvisor(secret, headers, body));
    assert.ok(!isFromPgadvisor('another', headers, body));
    assert.ok(!isFromPgadvisor(secret, headers, Buffer.concat([body, Buffer.from(' ')])));
    assert.ok(!isFromPgadvisor(secret, {...headers, 'webhook-timestamp': String(Number(headers['webhook-timestamp']) - 600)}, body));
    assert.equal(JSON.parse(body).test, true);
  }
  const untrusted = await deliverTest({webhook_url: `https://localhost:${port}/hook`, webhook_secret_file: write('secret', 'x\n')});
  assert.match(untrusted.output, /webhook: not delivered: .*certificate.*delivery\.ca_file/);
  assert.equal(posts.length, 2);
});
