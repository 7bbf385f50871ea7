import { defineService, objectStore, postgres, steps, time } from '../../model/index.ts';
import auth from '../auth/contract.ts';
import contract from './contract.ts';
import metrics from './metrics.ts';

export default defineService({
  contract,
  owner: 'media-team',
  description: 'Pictures and videos: upload, download, thumbnails.',
  calls: [auth],
  uses: { database: postgres(), objects: objectStore() },
  env: {
    DELETIONS_EVERY: time({ description: 'How often it asks which accounts were deleted.', default: '5s' }),
    SWEEP_EVERY: time({ description: 'How often it looks for files that nobody needs any more.', default: '1m' }),
    HALF_UPLOAD_TTL: time({ description: 'When an upload that never ended is cleaned up.', default: '1h' }),
  },
  metrics,
  scaling: steps(),
  // A slow line needs its time for a video.
  lifecycle: { request: '3m', drain: '3m' },
  // Sharp works outside of the heap: the largest picture that is taken needs some 400 MB while its thumbnails are made.
  resources: { cpu: '100m', memory: '256Mi', memoryLimit: '768Mi', ephemeralStorage: '256Mi' },
  // How long a file takes is a matter of the line of whoever sends or gets it.
  slo: { availability: 0.999 },
});
