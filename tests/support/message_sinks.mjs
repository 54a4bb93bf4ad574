// Takes mail (SMTP) and HTTP POSTs, for tests: node message_sinks.mjs FOLDER. Ports are written to FOLDER/ports, what
// is taken or refused to FOLDER/messages, one JSON object a line. While FOLDER/refuse is there, mail is refused with
// 451 for now, /slack with 404 for ever, and everything else with 503. FOLDER/login, {user, password}: mail is taken after
// STARTTLS and this log-in only; the certificate is FOLDER/mail.pem.
import {execFileSync} from 'node:child_process';
import {appendFileSync, existsSync, readFileSync, renameSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:http';
import {createSecureContext} from 'node:tls';
import {smtpServer} from './smtp_server.mjs';

const folder = process.argv[2];
const refuses = () => existsSync(`${folder}/refuse`);
const note = (message) => appendFileSync(`${folder}/messages`, JSON.stringify(message) + '\n');

const web = createServer((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    const taken = !refuses();
    note({channel: request.url, taken, headers: request.headers, body: Buffer.concat(parts).toString()});
    response.writeHead(taken ? 200 : request.url === '/slack' ? 404 : 503).end();
  });
});

function security() {
  if (!existsSync(`${folder}/login`)) return {};
  const [key, cert] = [`${folder}/mail.key`, `${folder}/mail.pem`];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1',
    '-subj', '/CN=mail', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert], {stdio: 'pipe'});
  const context = createSecureContext({key: readFileSync(key), cert: readFileSync(cert)});
  return {context, login: JSON.parse(readFileSync(`${folder}/login`, 'utf8'))};
}

const mail = smtpServer({...security(), take: ({encrypted, user, commands, body}) => {
  const taken = !refuses();
  note({channel: 'mail', taken, encrypted, user, commands, body});
  return taken;
}});

web.listen(0, '127.0.0.1', () => mail.listen(0, '127.0.0.1', () => {
  writeFileSync(`${folder}/ports.new`, `${mail.address().port} ${web.address().port}\n`);
  renameSync(`${folder}/ports.new`, `${folder}/ports`);
}));
