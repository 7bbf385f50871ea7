import { createServer } from 'node:http';
import { listening, port } from './port.ts';

/** Takes spans and forgets them, but for how many requests brought some. */
let requests = 0;
createServer((request, response) => {
  requests++;
  request.resume();
  request.on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
}).listen(port, '127.0.0.1', listening);

process.on('message', () => process.send?.(requests));
