import { run } from '../kit/index.ts';

await run(() => import('./app.ts'));
