import { type OtlpRequest, type SentSpan, spansOf } from '../src/apps/kit/testing/otlp-receiver.ts';
import { kubectl, rollout } from './kubectl.ts';
import { markedNamespace } from './namespaces.ts';
import { nodeServer, nodeServerLabels } from './node-server.ts';

const name = 'collector';
const namespace = 'trellis-e2e-collector';
const port = 4318;

/** What an environment says of a server in place of a collector, to which every trace is sent. */
export const tracesToTheTest = {
  endpoint: `http://${name}.${namespace}.svc:${port}`,
  sampled: 1,
  collector: { namespace, labels: nodeServerLabels(name) },
};

/** Keeps what it gets, and `GET /` has all of it. */
const program = `
const requests = [];
require('node:http').createServer(async (request, response) => {
  response.setHeader('content-type', 'application/json');
  if (request.method === 'GET') return response.end('[' + requests.join(',') + ']');
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  requests.push(Buffer.concat(chunks).toString());
  response.end('{}');
}).listen(${port}, '0.0.0.0');
process.on('SIGTERM', () => process.exit());
`;

const manifests: readonly object[] = [
  markedNamespace(namespace),
  ...nodeServer({ name, namespace, program, readyAt: port, ports: [{ name: 'otlp', port, targetPort: port }] }),
];

/** Runs the server, and waits until it is Ready. */
export async function runCollector(): Promise<void> {
  await kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: manifests }));
  await rollout(namespace, name);
}

/** All spans of a trace that it got so far. */
export async function spansOfTrace(traceId: string): Promise<readonly SentSpan[]> {
  const ask = `fetch('http://127.0.0.1:${port}').then((answer) => answer.text()).then(console.log)`;
  const said = await kubectl(['exec', `deployment/${name}`, '-n', namespace, '--', 'node', '-e', ask]);
  const requests = JSON.parse(said) as OtlpRequest[];
  return requests.flatMap(spansOf).filter((span) => span.traceId === traceId);
}
