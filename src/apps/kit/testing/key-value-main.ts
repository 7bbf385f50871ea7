import { Registry } from 'prom-client';
import { createLog } from '../log.ts';
import { openKeyValue } from '../stores/open-key-value.ts';

/** Writes to the store at STORE_URL for ever, and says on standard output what is written. */
const log = createLog({ service: 'writer', version: 'test', level: 'info' });
const url = process.env['STORE_URL'] ?? '';
const keyValue = openKeyValue({ url, prefix: 'test', service: 'writer', registry: new Registry(), log });
for (let at = 0; ; at++) {
  await keyValue.set(`key ${at}`, `value ${at}`, { ttl: '1h' });
  const { count } = await keyValue.increment('count', { ttl: '1h' });
  log.info({ at, count }, 'written');
}
