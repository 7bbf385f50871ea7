import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, getCACertificates, setDefaultCACertificates } from 'node:tls';
import { expect, test } from 'vitest';
import { eventually } from '../testing/eventually.ts';
import { openTestKeyValue } from '../testing/key-value-places.ts';
import { LogLines } from '../testing/log-lines.ts';
import { startTestRedis } from '../testing/test-redis.ts';

test('rediss:// is encrypted, and only for a server whose certificate is known', async (context) => {
  await using redis = await startTestRedis(context);
  const pair = certificate();
  if (!pair) return context.skip('no openssl on PATH to make a certificate with');
  const server = createServer(pair, (socket) => {
    const behind = connect(redis.port, '127.0.0.1').on('error', () => socket.destroy());
    socket
      .on('error', () => behind.destroy())
      .pipe(behind)
      .pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = redis.limitedUrl.replace('redis:', 'rediss:').replace(String(redis.port), String(port));
  const before = getCACertificates('default');
  try {
    const lines = new LogLines();
    await using stranger = openTestKeyValue(url, { lines, connectTimeout: '300ms' });
    await expect(stranger.get('a')).rejects.toMatchObject({ code: 'store-unavailable' });
    expect(lines.of('no connection to the key-value store')).toEqual([
      expect.objectContaining({
        reason: expect.stringContaining('self-signed certificate'),
        store: `rediss://127.0.0.1:${port}/0`,
      }),
    ]);
    setDefaultCACertificates([pair.cert]);
    await using keyValue = openTestKeyValue(url);
    await keyValue.set('a', 'kept', { ttl: '1h' });
    expect(await keyValue.get('a')).toBe('kept');
    // The first one connects as well, with no new start.
    await eventually(async () => expect(await stranger.get('a')).toBe('kept'));
  } finally {
    setDefaultCACertificates(before);
    server.close();
  }
});

/** @returns undefined where there is no openssl */
function certificate(): { key: string; cert: string } | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'test-tls-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const options = ['-nodes', '-days', '1', '-subj', '/CN=test', '-addext', 'subjectAltName=IP:127.0.0.1'];
  try {
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', ...options, '-keyout', key, '-out', cert], {
      stdio: 'pipe',
    });
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
