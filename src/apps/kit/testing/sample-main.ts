import { run } from '../index.ts';

await run(() => import('./sample-app.ts'));
