import { nodeServer, nodeServerLabels } from './node-server.ts';

/** The namespace of a server that stands in for the APIs outside. */
export const outsideNamespace = 'bird-e2e-outside';

const port = 8080;

/** Answers as the bird API and the photo API do, and asks for the photo API's key. */
const program = `
require('node:http').createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://outside');
  const answer = (status, body) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  if (pathname === '/birds') return answer(200, [{ name: 'Kingfisher', description: 'Dives for fish.', place: 'rivers' }]);
  if (pathname === '/search/photos') {
    if (request.headers.authorization !== 'Client-ID e2e-key') return answer(401, { errors: ['OAuth error'] });
    return answer(200, { results: [{ urls: { regular: 'https://images.example.com/' + searchParams.get('query') + '.jpg' } }] });
  }
  return answer(404, {});
}).listen(${port}, '0.0.0.0');
process.on('SIGTERM', () => process.exit());
`;

const name = 'outside';

/** The server's objects. */
export const outsideManifests: readonly object[] = nodeServer({
  name,
  namespace: outsideNamespace,
  program,
  readyAt: port,
  ports: [{ name: 'http', port: 80, targetPort: port }],
});

/** The access key that the server wants, where the declaration looks for it. */
export const photoKey = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'bird-photos', namespace: 'bird' },
  stringData: { 'access-key': 'e2e-key' },
};

const place = {
  url: `http://${name}.${outsideNamespace}`,
  pods: { namespace: outsideNamespace, labels: nodeServerLabels(name), port },
};
// Nothing is remembered for long, so that a test sees what the outside does now.
const brief = { FAILURE_TTL: '1s' };

/** What bird's services have otherwise, with that server in place of the APIs outside. */
export const birdOutside: Readonly<Record<string, object>> = {
  bird: { env: { ...brief, BIRD_CACHE_TTL: '1s' }, outside: { birds: place } },
  'bird-image': { env: { ...brief, IMAGE_CACHE_TTL: '1s' }, outside: { photos: place } },
};
