import { connect } from 'node:net';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { inClusterStores } from '../src/charts/identity.ts';
import { storeSecret, storeSecretKeys } from '../src/model/index.ts';
import { namespace, podsOf } from './insta-cluster.ts';
import { getJson } from './kubectl.ts';

const { name, port } = inClusterStores.objects;

test('the object store in the cluster passes the tests of every object store', async (context) => {
  const ip = (await podsOf(name))[0]?.status.podIP ?? '';
  if (!(await isReachable(ip)))
    context.skip(`${ip}:${port} is not reachable from here: this network does not reach pods`);
  const { data } = await getJson<{ data: Record<string, string> }>([
    ...['secret', storeSecret('media', 'objects'), '-n', namespace],
  ]);
  const secretValue = (key: string) => Buffer.from(data[key] ?? '', 'base64').toString();
  const { all, exitCode } = await execa(
    'vitest',
    ['run', 'src/apps/kit/stores/open-object-store.test.ts', '-t', 'S3'],
    {
      preferLocal: true,
      reject: false,
      all: true,
      env: {
        TEST_S3_URL: `http://${ip}:${port}`,
        TEST_S3_ACCESS_KEY_ID: secretValue(storeSecretKeys.accessKeyId),
        TEST_S3_SECRET_ACCESS_KEY: secretValue(storeSecretKeys.secretAccessKey),
      },
    },
  );
  expect(exitCode, all).toBe(0);
  expect(all).toMatch(/[1-9]\d* passed, 0 failed/);
});

function isReachable(host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 3_000 });
    const end = (reached: boolean) => {
      socket.destroy();
      resolve(reached);
    };
    socket.once('connect', () => end(true));
    socket.once('timeout', () => end(false));
    socket.once('error', () => end(false));
  });
}
