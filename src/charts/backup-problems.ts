import { backupSecret, type Environment, type Problem } from '../model/index.ts';
import { closedPort } from './closed-port.ts';
import { backupName, backupStore } from './identity.ts';
import { isBackedUp, type Placement } from './placement.ts';

/** The name of a CronJob, which each of its Jobs adds 11 characters to. */
const longestName = 52;
/** Each has a minute of its own. */
const mostDatabases = 60;

/** Where the services and the backups of an environment do not go together. */
export function backupProblems(environment: Environment, placements: readonly Placement[]): Problem[] {
  const { backups } = environment;
  const path = `${environment.name}.backups`;
  const backedUp = placements.filter(isBackedUp);
  if (!backups) return [];
  const kind = environment.stores.database?.kind;
  if (kind === 'cloudnative-pg')
    return [
      {
        path,
        got: 'keepBackups(...)',
        allowed: `none beside ${environment.name}.stores.database, whose operator backs it up itself`,
        fix: 'delete it, and set the backups of cloudNativePg(...)',
      },
    ];
  if (backedUp.length === 0) return [];
  const crowd: Problem[] =
    backedUp.length > mostDatabases
      ? [
          {
            path,
            got: `${backedUp.length} databases`,
            allowed: `at most ${mostDatabases}, as each has a minute of its own`,
            fix: 'split the environment in two, or back some up by other means',
          },
        ]
      : [];
  return [
    ...crowd,
    ...backedUp.flatMap(longName),
    ...placements.flatMap((placement) => [...takenName(placement, backedUp, path), ...stolenSecret(placement, path)]),
    ...placeProblems(environment, path),
  ];
}

function longName({ system, service }: Placement): Problem[] {
  const most = longestName - backupName('').length;
  if (service.name.length <= most) return [];
  return [
    {
      path: `${system.name}.services[${system.services.findIndex(({ name }) => name === service.name)}]`,
      got: service.name,
      allowed: `a name of at most ${most} characters for a service whose database is backed up: its CronJob is called ${backupName('NAME')}`,
      fix: 'shorten it',
    },
  ];
}

function takenName({ system, service }: Placement, backedUp: readonly Placement[], path: string): Problem[] {
  const inSystem = backedUp.filter((each) => each.system === system);
  const taken = [backupStore.name, ...inSystem.map((each) => backupName(each.service.name))];
  if (inSystem.length === 0 || !taken.includes(service.name)) return [];
  return [
    {
      path: `${system.name}.services[${system.services.findIndex(({ name }) => name === service.name)}]`,
      got: service.name,
      allowed: `a name that what ${path} makes does not have: not ${taken.join(', ')}`,
      fix: 'rename the service',
    },
  ];
}

/** With it a service would be in the backups of all others. */
function stolenSecret({ service }: Placement, path: string): Problem[] {
  return Object.entries(service.env).flatMap(([variable, declared]) => {
    if (declared.type !== 'secret' || declared.secret !== backupSecret) return [];
    return [
      {
        path: `${service.name}.env.${variable}.secret`,
        got: declared.secret,
        allowed: `another Secret; this one is of the store of ${path}`,
        fix: 'name another',
      },
    ];
  });
}

/** Where the bucket is not where the pods may go, or is that of a service, whose account would read and delete the backups of all. */
function placeProblems({ backups, stores }: Environment, path: string): Problem[] {
  if (backups?.to.kind !== 'outside') return [];
  const { url, at } = backups.to;
  const { host, pathname } = new URL(url);
  const buckets = stores.objects?.kind === 'outside' ? Object.entries(stores.objects.buckets) : [];
  const shared = buckets
    .flatMap(([system, services]) => Object.entries(services).map(([service, bucket]) => ({ system, service, bucket })))
    .filter(({ bucket }) => new URL(bucket).host + new URL(bucket).pathname === host + pathname)
    .map(({ system, service }) => ({
      path: `${path}.to.url`,
      got: url,
      allowed: `a bucket that ${system}.${service} does not have`,
      fix: 'name another',
    }));
  return [...closedPort(`${path}.to.url`, url, at, `${path}.to`), ...shared];
}
