// A mail server for tests, as far as RFC 5321 asks for one: STARTTLS (RFC 3207), AUTH PLAIN and LOGIN (RFC 4954).
import net from 'node:net';
import tls from 'node:tls';

/**
 * `take(letter)` says whether a mail is taken, or refused for now: {encrypted, user, commands, body}.
 * `context`, a tls.SecureContext: encrypts from the start where `implicit` is so, else offers STARTTLS.
 * `login`, {user, password}: nobody mails without it.
 */
export function smtpServer({take, context = null, implicit = false, login = null}) {
  return net.createServer((socket) => {
    socket.on('error', () => {});
    new Session({take, context, login}).speak(implicit ? encrypted(socket, context) : socket, implicit);
  });
}

function encrypted(socket, secureContext) {
  const secure = new tls.TLSSocket(socket, {isServer: true, secureContext});
  secure.on('error', () => {}); // a client that does not like the certificate
  return secure;
}

class Session {
  constructor(options) {
    Object.assign(this, options, {user: null, commands: [], lines: null, answers: []});
  }

  speak(socket, isEncrypted) {
    Object.assign(this, {socket, encrypted: isEncrypted, text: ''});
    socket.on('data', (data) => {
      if (socket !== this.socket) return;
      this.text += data.toString('latin1');
      for (let end; (end = this.text.indexOf('\r\n')) >= 0;) {
        const line = this.text.slice(0, end);
        this.text = this.text.slice(end + 2);
        this.hear(line);
      }
    });
    if (!this.greeted) this.say('220 sink');
    this.greeted = true;
  }

  say(...lines) {
    this.socket.write(lines.map((line) => `${line}\r\n`).join(''));
  }

  hear(line) {
    if (this.lines) return this.hearLetter(line);
    if (this.expected) return this.hearSecret(line);
    this.commands.push(line);
    const [verb, ...words] = line.split(' ');
    switch (verb.toUpperCase()) {
      case 'EHLO': return this.say('250-sink', ...this.extensions().map((one) => `250-${one}`), '250 8BITMIME');
      case 'STARTTLS': return this.startTls();
      case 'AUTH': return this.startLogin(words[0].toUpperCase(), words[1]);
      case 'MAIL': return this.say(this.login && !this.user ? '530 log in first' : '250 ok');
      case 'DATA': this.lines = []; return this.say('354 go on');
      case 'QUIT': this.say('221 bye'); return this.socket.end();
      default: return this.say('250 ok');
    }
  }

  extensions() {
    return [...(this.context && !this.encrypted ? ['STARTTLS'] : []), ...(this.login ? ['AUTH PLAIN LOGIN'] : [])];
  }

  startTls() {
    this.say('220 go on');
    const plain = this.socket;
    plain.removeAllListeners('data');
    this.speak(encrypted(plain, this.context), true);
  }

  startLogin(mechanism, initial) {
    this.expected = mechanism === 'PLAIN' ? ['both'] : ['user', 'password'];
    this.answers = [];
    if (initial) return this.hearSecret(initial);
    return this.say(mechanism === 'PLAIN' ? '334 ' : '334 VXNlcm5hbWU6');
  }

  hearSecret(line) {
    this.answers.push(Buffer.from(line, 'base64').toString());
    if (this.answers.length < this.expected.length) return this.say('334 UGFzc3dvcmQ6');
    const [user, password] = this.expected[0] === 'both' ? this.answers[0].split('\0').slice(1) : this.answers;
    this.expected = null;
    const right = user === this.login.user && password === this.login.password;
    if (right) this.user = user;
    return this.say(right ? '235 welcome' : '535 wrong user or password');
  }

  hearLetter(line) {
    if (line !== '.') return this.lines.push(line.startsWith('.') ? line.slice(1) : line);
    const {encrypted: isEncrypted, user, commands, lines} = this;
    this.lines = null;
    return this.say(this.take({encrypted: isEncrypted, user, commands, body: lines.join('\r\n')})
      ? '250 taken' : '451 greylisted');
  }
}
