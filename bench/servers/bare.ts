import fastify from 'fastify';
import { listening, port } from './port.ts';

const server = fastify();
server.get(
  '/',
  { schema: { response: { 200: { type: 'object', properties: { hello: { type: 'string' } } } } } },
  async () => ({ hello: 'world' }),
);
await server.listen({ port, host: '127.0.0.1' });
listening();
