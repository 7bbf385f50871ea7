import { isIP } from 'node:net';
import type { Environment, System } from '../../model/index.ts';
import { CommandError } from '../run-command.ts';

/** Where a service is reached from outside. */
export interface WayIn {
  readonly origin: string;
  /** The Host header. @default - that of the origin */
  readonly host?: string;
}

interface WaysInProps {
  readonly system: System;
  readonly environment: Environment;
  /** Instead of what the environment says. */
  readonly url?: string | undefined;
  readonly host?: string | undefined;
}

/**
 * Where each service of a system is reached that an entrance leads to: by the URL that is given, or the way in of the environment.
 *
 * @throws CommandError for what is no URL, and where one is needed
 */
export function waysIn({ system, environment, url, host }: WaysInProps): ReadonlyMap<string, WayIn> {
  const given = url === undefined ? undefined : originOf(url);
  return new Map(
    system.entrances.flatMap((entrance) => {
      const own = `${entrance.host}.${environment.domain}`;
      // Behind an address alone it is the header that tells entrances apart.
      const header = host ?? (given && isIP(given.hostname.replace(/^\[|\]$/g, '')) ? own : undefined);
      const wayIn = {
        origin: given?.origin ?? `${schemeOf(environment)}://${own}`,
        ...(header !== undefined && { host: header }),
      };
      return entrance.services.map(({ name }) => [name, wayIn] as const);
    }),
  );
}

function originOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && ['http:', 'https:'].includes(url.protocol) && url.pathname === '/' && url.search === '') return url;
  throw new CommandError(
    `--url: got "${text}"; allowed: http:// or https:// and a host, without a path; fix: such as http://127.0.0.1:8080`,
    2,
  );
}

function schemeOf({ name, exposure }: Environment): 'http' | 'https' {
  const byHost = exposure.find(({ kind }) => kind === 'ingress' || kind === 'gateway');
  if (byHost) return byHost.kind === 'ingress' && byHost.clusterIssuer !== undefined ? 'https' : 'http';
  throw new CommandError(
    `--url: got none, and the environment ${name} has no entrance by its host; allowed: a URL there; fix: --url http://ADDRESS:PORT of a node or of the load balancer`,
    2,
  );
}
