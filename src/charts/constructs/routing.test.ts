import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { environmentWith, exposures, fullService, systemOf } from '../../../test/declarations.ts';
import { objectNamed, objectsOf } from '../../../test/objects.ts';
import { defineContract, defineService, file, fixed, post, type Service } from '../../model/index.ts';

const { service, callee } = fullService();
const systems = [systemOf(service, callee)];

describe('by Ingress', () => {
  const objects = objectsOf({ environment: environmentWith(), systems });
  const { spec, metadata } = objectNamed(objects, 'Ingress', 'shop');

  test('minimal props: the default class, plain HTTP', () => {
    expect(spec).not.toHaveProperty('ingressClassName');
    expect(spec).not.toHaveProperty('tls');
    expect(metadata).not.toHaveProperty('annotations');
  });

  test('all props: class, certificate and annotations', () => {
    const exposure = {
      ...exposures.ingress,
      className: 'nginx',
      clusterIssuer: 'letsencrypt',
      annotations: { 'example.com/a': 'b' },
    };
    const all = objectNamed(
      objectsOf({ environment: environmentWith({ exposure: [exposure] }), systems }),
      'Ingress',
      'shop',
    );
    expect(all.spec.ingressClassName).toBe('nginx');
    expect(all.spec.tls).toEqual([{ hosts: ['shop.test'], secretName: 'shop-tls' }]);
    expect(all.metadata.annotations).toEqual({ 'example.com/a': 'b', 'cert-manager.io/cluster-issuer': 'letsencrypt' });
  });

  test('what the environment says goes before what ingress-nginx needs for uploads', () => {
    const size = 'nginx.ingress.kubernetes.io/proxy-body-size';
    const upload = defineService({
      contract: defineContract({
        name: 'upload',
        port: 3000,
        routes: {
          add: post('/files', {
            summary: 'Takes a file.',
            exposed: true,
            body: file({ types: ['video/mp4'], limit: '20Mi' }),
            response: z.string(),
          }),
        },
      }),
      owner: 'team',
      description: 'Takes files.',
      scaling: fixed(1),
    }) as Service;
    const annotationsWith = (annotations: Record<string, string>) =>
      objectNamed(
        objectsOf({
          environment: environmentWith({ exposure: [{ ...exposures.ingress, annotations }] }),
          systems: [systemOf(upload)],
        }),
        'Ingress',
        'shop',
      ).metadata.annotations;
    expect(annotationsWith({})[size]).toBe('20m');
    expect(annotationsWith({ [size]: '0' })[size]).toBe('0');
  });

  test('with certificates, the pods that answer a challenge may be reached by the controller alone', () => {
    const exposure = { ...exposures.ingress, clusterIssuer: 'letsencrypt' };
    const all = objectsOf({ environment: environmentWith({ exposure: [exposure] }), systems });
    expect(objectNamed(all, 'NetworkPolicy', 'certificate-challenge').spec).toEqual({
      podSelector: { matchLabels: { 'acme.cert-manager.io/http01-solver': 'true' } },
      policyTypes: ['Ingress'],
      ingress: [
        {
          from: [
            {
              namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'edge' } },
              podSelector: { matchLabels: { app: 'proxy' } },
            },
          ],
          ports: [{ protocol: 'TCP', port: 8089 }],
        },
      ],
    });
    expect(objects.filter((object) => object.metadata.name === 'certificate-challenge')).toEqual([]);
  });

  test('only exposed routes pass', () => {
    expect(spec.rules).toEqual([
      {
        host: 'shop.test',
        http: {
          paths: [
            { path: '/items', pathType: 'Exact', backend: { service: { name: 'full', port: { name: 'http' } } } },
            { path: '/items', pathType: 'Prefix', backend: { service: { name: 'full', port: { name: 'http' } } } },
          ],
        },
      },
    ]);
  });
});

test('by NodePort: a Service of its own, which does not open the metrics', () => {
  const objects = objectsOf({ environment: environmentWith({ exposure: [exposures.nodePort] }), systems });
  const { spec } = objectNamed(objects, 'Service', 'shop-node-port');
  expect(spec).toMatchObject({ type: 'NodePort', selector: { 'app.kubernetes.io/name': 'full' } });
  expect(spec.ports).toMatchObject([{ nodePort: 30_100, port: 3000, targetPort: 'http' }]);
  expect(objectNamed(objects, 'Service', 'full').spec.type).toBe('ClusterIP');
});

test('by Gateway: an HTTPRoute by method and path, attached to the Gateway', () => {
  const exposure = { ...exposures.gateway, listener: 'https' };
  const { spec } = objectNamed(
    objectsOf({ environment: environmentWith({ exposure: [exposure] }), systems }),
    'HTTPRoute',
    'shop',
  );
  expect(spec.parentRefs).toEqual([{ name: 'public', namespace: 'edge', sectionName: 'https' }]);
  expect(spec.hostnames).toEqual(['shop.test']);
  expect(spec.rules).toEqual([
    {
      matches: [
        { method: 'GET', path: { type: 'Exact', value: '/items' } },
        { method: 'HEAD', path: { type: 'Exact', value: '/items' } },
        { method: 'GET', path: { type: 'PathPrefix', value: '/items' } },
        { method: 'HEAD', path: { type: 'PathPrefix', value: '/items' } },
      ],
      backendRefs: [{ name: 'full', port: 3000 }],
    },
  ]);
});
