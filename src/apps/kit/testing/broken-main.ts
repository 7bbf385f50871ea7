import { run } from '../index.ts';

await run(() => import('./broken-app.ts'));
