import { request } from 'undici';

/**
 * Where an ingress controller is reached. A cluster whose DNS does not know `*.test` needs `E2E_INGRESS`, such as http://127.0.0.1:8080; the host goes along
 * as a header.
 */
export function ingressOf(host: string): string {
  return process.env['E2E_INGRESS'] ?? `http://${host}`;
}

/** Gets a path through the ingress controller. */
export async function ask(host: string, path = '/'): Promise<{ status: number; body: unknown }> {
  const answer = await request(new URL(path, ingressOf(host)), { headers: { host } });
  const text = await answer.body.text();
  return {
    status: answer.statusCode,
    body: answer.headers['content-type']?.includes('json') ? JSON.parse(text) : text,
  };
}
