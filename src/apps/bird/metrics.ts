import { counter } from '../../model/index.ts';

const reason = ['unreachable', 'timeout', 'status', 'invalid', 'empty'] as const;

export default {
  birdFallbacks: counter({
    name: 'bird_fallbacks_total',
    help: 'Answers with the "missing bird", by what was wrong with the bird API.',
    labels: { reason },
  }),
  imageFallbacks: counter({
    name: 'bird_picture_fallbacks_total',
    help: 'Answers with the "missing bird" picture, by what was wrong with bird-image.',
    labels: { reason },
  }),
};
