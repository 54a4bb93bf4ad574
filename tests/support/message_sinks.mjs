// Takes mail (SMTP) and HTTP POSTs, for tests: node message_sinks.mjs FOLDER. Ports are written to FOLDER/ports, what
// is taken or refused to FOLDER/messages, one JSON object a line. While FOLDER/refuse is there, mail is refused with
// 451 for now, /slack with 404 for ever, and everything else with 503.
import {appendFileSync, existsSync, renameSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:http';
import net from 'node:net';

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

const mail = net.createServer((socket) => {
  let text = '';
  let letter = null; // lines of DATA
  const commands = [];
  const answer = (line) => socket.write(`${line}\r\n`);
  const take = (line) => {
    if (letter !== null) {
      if (line !== '.') return letter.push(line.startsWith('.') ? line.slice(1) : line);
      const taken = !refuses();
      note({channel: 'mail', taken, commands, body: letter.join('\r\n')});
      letter = null;
      return answer(taken ? '250 taken' : '451 greylisted');
    }
    commands.push(line);
    const verb = line.slice(0, 4).toUpperCase();
    if (verb === 'DATA') {
      letter = [];
      return answer('354 go on');
    }
    if (verb === 'QUIT') return socket.end('221 bye\r\n');
    return answer('250 ok');
  };
  socket.on('error', () => {});
  socket.on('data', (data) => {
    text += data.toString('latin1');
    for (let end; (end = text.indexOf('\r\n')) >= 0; text = text.slice(end + 2)) take(text.slice(0, end));
  });
  answer('220 sink');
});

web.listen(0, '127.0.0.1', () => mail.listen(0, '127.0.0.1', () => {
  writeFileSync(`${folder}/ports.new`, `${mail.address().port} ${web.address().port}\n`);
  renameSync(`${folder}/ports.new`, `${folder}/ports`);
}));
