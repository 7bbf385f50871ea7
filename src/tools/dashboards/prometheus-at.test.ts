import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { prometheusAt } from './prometheus-at.ts';

const query = { query: 'up', from: 0, to: 60, step: 15 };

test('a query, its answer and a refusal go through, and where nobody is, that is told', async () => {
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    asked.push(`${request.method} ${request.url} ${Buffer.concat(await request.toArray())}`);
    const isFirst = asked.length === 1;
    response.writeHead(isFirst ? 200 : 400);
    response.end(
      JSON.stringify(isFirst ? { data: { result: [{ metric: {}, values: [[0, '1']] }] } } : { error: 'bad' }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const ask = prometheusAt(`${url}/`);
    expect(await ask(query)).toEqual([{ metric: {}, values: [[0, '1']] }]);
    expect(asked).toEqual(['POST /api/v1/query_range query=up&start=0&end=60&step=15']);
    await expect(ask(query)).rejects.toThrow(`${url}/ answered 400 to up: {"error":"bad"}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  await expect(prometheusAt(url)(query)).rejects.toThrow(
    /^--url: got http:\S+, where nobody answers \(.+\); allowed: a Prometheus; fix: see whether it is reached from here/,
  );
});

test('what is no URL is refused, and a password is in no message', async () => {
  expect(() => prometheusAt('hello')).toThrow(
    '--url: got hello; allowed: the URL of a Prometheus; fix: such as --url http://127.0.0.1:9090',
  );
  const said = await prometheusAt('http://ann:hunter2@127.0.0.1:1')(query).catch(({ message }) => message);
  expect(said).toContain('where nobody answers');
  expect(said).not.toContain('hunter2');
});
