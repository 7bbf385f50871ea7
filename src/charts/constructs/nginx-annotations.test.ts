import { expect, test } from 'vitest';
import { z } from 'zod';
import { exposures } from '../../../test/declarations.ts';
import {
  defineContract,
  defineService,
  defineSystem,
  file,
  fixed,
  get,
  post,
  type Service,
} from '../../model/index.ts';
import { nginxAnnotations } from './nginx-annotations.ts';

const size = 'nginx.ingress.kubernetes.io/proxy-body-size';
const buffering = 'nginx.ingress.kubernetes.io/proxy-request-buffering';

/** A service with an exposed route for each body, and one that is not exposed and takes far more. */
function taking(name: string, bodies: readonly (z.ZodType | undefined)[], bodyLimit: Service['bodyLimit'] = '1Mi') {
  const response = z.string();
  const routes = bodies.map((body, index) => {
    const options = { summary: 'Takes.', exposed: true, response };
    const path = `/${name}/${index}`;
    return [`take${index}`, body ? post(path, { ...options, body }) : get(path, options)];
  });
  const internal = post('/internal', { summary: 'Takes.', body: file({ types: ['a/b'], limit: '9Gi' }), response });
  const contract = defineContract({ name, port: 3000, routes: { ...Object.fromEntries(routes), internal } });
  return defineService({ contract, owner: 'team', description: 'Takes.', scaling: fixed(1), bodyLimit }) as Service;
}

function annotationsOf(services: [Service, ...Service[]], className?: string) {
  const [entrance] = defineSystem({ name: 'shop', services, entrances: [{ host: 'shop', services }] }).entrances;
  if (!entrance) throw new Error('the system lost its entrance');
  return nginxAnnotations({ ...exposures.ingress, className }, entrance);
}

const json = z.object({ text: z.string() });
const video = file({ types: ['video/mp4'], limit: '200Mi' });

test('the largest body of all exposed routes passes, and a file is not kept until it is whole', () => {
  const services = [taking('one', [json, video], '2Mi'), taking('two', [undefined])] as const;
  expect(annotationsOf([...services])).toEqual({ [size]: '200m', [buffering]: 'off' });
});

test('without a file the limit is that of the service, and bodies are kept as ever', () => {
  expect(annotationsOf([taking('one', [json], '3Mi'), taking('two', [json], '512Ki')])).toEqual({ [size]: '3m' });
  expect(annotationsOf([taking('one', [json], '512Ki')])).toEqual({ [size]: '512k' });
});

test('routes without bodies need nothing', () => {
  expect(annotationsOf([taking('one', [undefined])])).toEqual({});
});

test.each([
  ['nginx', true],
  ['internal-nginx', true],
  [undefined, true],
  ['traefik', false],
])('of class %s: %s', (className, isNginx) => {
  expect(Object.keys(annotationsOf([taking('one', [video])], className)).length > 0).toBe(isNginx);
});
