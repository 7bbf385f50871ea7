/** What a receiver of messages got. */
export interface Message {
  readonly by: 'email' | 'slack';
  /** To whom: addresses, or a channel. */
  readonly to: string;
  /** The subject, or the title. */
  readonly title: string;
  /** All of the rest. */
  readonly text: string;
}

/**
 * A server for mail without TLS at one port, and in place of Slack's webhooks at another: `POST /slack`. At the latter `GET /messages` has all that came, in turn. It is the text of
 * a program for `node -e`, which a pod runs as well as a process of a test; its arguments are the ports.
 */
export const receiversProgram = `
const [mailPort, httpPort] = process.argv.slice(1).map(Number);
const messages = [];
const unquoted = (text) => text.replace(/=\\r?\\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
require('node:net').createServer((socket) => {
  let left = '', data, to = [];
  const say = (line) => socket.write(line + '\\r\\n');
  say('220 receivers');
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    left += chunk;
    for (let end; (end = left.indexOf('\\r\\n')) >= 0; ) {
      const line = left.slice(0, end);
      left = left.slice(end + 2);
      if (data !== undefined) {
        if (line !== '.') { data += line + '\\n'; continue; }
        const title = (/^Subject: (.*(?:\\n[ \\t].*)*)/m.exec(data)?.[1] ?? '').replace(/\\n[ \\t]+/g, ' ');
        messages.push({ by: 'email', to: to.join(', '), title, text: unquoted(data) });
        data = undefined; to = [];
        say('250 kept');
      } else if (/^RCPT TO:/i.test(line)) { to.push(/<(.*)>/.exec(line)?.[1] ?? line); say('250 ok'); }
      else if (/^DATA/i.test(line)) { data = ''; say('354 go on'); }
      else if (/^QUIT/i.test(line)) { say('221 bye'); socket.end(); }
      else say('250 ok');
    }
  });
}).listen(mailPort, '0.0.0.0');
require('node:http').createServer(async (request, response) => {
  if (request.url === '/messages') return response.end(JSON.stringify(messages));
  let body = '';
  for await (const chunk of request) body += chunk;
  const { channel, attachments: [{ title, text }] } = JSON.parse(body);
  messages.push({ by: 'slack', to: channel, title, text });
  response.end('ok');
}).listen(httpPort, '0.0.0.0', () => console.log('listening'));
process.on('SIGTERM', () => process.exit());
`;
