import type { FastifyInstance } from 'fastify';
import { HttpError, type Kit } from '../kit/index.ts';
import contract from './contract.ts';
import type service from './service.ts';

type Rejections = Kit<typeof service>['metrics']['rejections'];

/** The label of each code with which an upload is refused, by the kit or here. */
const reasons = {
  'unsupported-media-type': 'type',
  'unsupported-file': 'type',
  'body-too-large': 'too-large',
  'body-broken': 'incomplete',
  'broken-image': 'broken',
  'too-many-pixels': 'pixels',
  'too-many-uploads': 'busy',
  overloaded: 'busy',
} as const;

/** Counts the uploads that are refused, and also those that never reach their handler. */
export function countRejections(server: FastifyInstance, rejections: Rejections): void {
  const { path, method } = contract.routes.upload;
  server.addHook('onError', async ({ routeOptions }, _reply, error) => {
    if (routeOptions.url !== path || routeOptions.method !== method || !(error instanceof HttpError)) return;
    if (isReason(error.code)) rejections.inc({ reason: reasons[error.code] });
  });
}

function isReason(code: string): code is keyof typeof reasons {
  return Object.hasOwn(reasons, code);
}
