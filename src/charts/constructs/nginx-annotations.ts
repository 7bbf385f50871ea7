import { type Entrance, type Exposure, exposedRoutes, fileOptions, quantityValue } from '../../model/index.ts';

/**
 * What lets ingress-nginx pass on the bodies that the exposed routes of an entrance take: by itself it refuses what is larger than 1m, and keeps every body on
 * its disk until it is there as a whole. Only where it may be the one that reads the Ingress: of that class, or of the cluster's default class.
 * @see https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/
 */
export function nginxAnnotations(
  { className = 'nginx' }: Extract<Exposure, { kind: 'ingress' }>,
  { services }: Entrance,
): Readonly<Record<string, string>> {
  if (!className.includes('nginx')) return {};
  const bodies = services.flatMap(({ contract, bodyLimit }) =>
    exposedRoutes(contract)
      .filter(({ body }) => body)
      .map(({ body }) => {
        const file = fileOptions(body);
        return { isFile: file !== undefined, limit: file?.limit ?? bodyLimit };
      }),
  );
  const [largest] = bodies.toSorted((one, other) => quantityValue(other.limit) - quantityValue(one.limit));
  if (!largest) return {};
  return {
    // Its units are binary: 200m is 200Mi.
    'nginx.ingress.kubernetes.io/proxy-body-size': largest.limit.replace(/i$/, '').toLowerCase(),
    ...(bodies.some(({ isFile }) => isFile) && { 'nginx.ingress.kubernetes.io/proxy-request-buffering': 'off' }),
  };
}
