import { counter } from '../../model/index.ts';

export default {
  fallbacks: counter({
    name: 'bird_image_fallbacks_total',
    help: 'Answers with the "missing bird" picture, by what was wrong with the photo API.',
    labels: { reason: ['unconfigured', 'unreachable', 'timeout', 'status', 'invalid', 'empty'] },
  }),
};
