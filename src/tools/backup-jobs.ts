import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { environmentFolder } from '../charts/environment-folder.ts';
import { backupName } from '../charts/identity.ts';
import { isBackedUp } from '../charts/placement.ts';
import { type Environment, type LogFieldName, logFields, type System, severities } from '../model/index.ts';
import { checkNamespace } from './check-namespace.ts';
import { findSystem } from './find-system.ts';
import { kubectl } from './kubectl.ts';
import { CommandError, unknownValue } from './run-command.ts';

/** The databases of a system that are backed up, by the names of their services. */
export interface BackedUp {
  readonly system: System;
  readonly environment: Environment;
  readonly databases: readonly string[];
}

/** A line of a pod's log. */
export type LogLine = Readonly<Record<string, unknown>>;

const cronJob = z.object({
  metadata: z.object({ name: z.string(), uid: z.string(), labels: z.record(z.string(), z.string()).optional() }),
  spec: z.object({
    jobTemplate: z.object({
      spec: z.looseObject({
        template: z.looseObject({
          spec: z.looseObject({ containers: z.tuple([z.looseObject({ name: z.string() })]) }),
        }),
      }),
    }),
  }),
});
type CronJob = z.output<typeof cronJob>;

const jobStatus = z.object({
  status: z.object({
    conditions: z.array(z.object({ type: z.string(), status: z.string(), message: z.string().optional() })).optional(),
  }),
});

const podList = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string(), creationTimestamp: z.string() }),
      status: z.object({
        containerStatuses: z
          .array(
            z.object({
              state: z.object({ waiting: z.object({ reason: z.string(), message: z.string().optional() }).optional() }),
            }),
          )
          .optional(),
      }),
    }),
  ),
});

/** What ends well by itself. Anything else may wait for a person. */
const usualReasons = ['ContainerCreating', 'PodInitializing'];
/** How often the cluster is asked how a Job is, in milliseconds. */
const askEvery = 1_000;

/**
 * The databases of a system that are backed up in the cluster of the current context.
 *
 * @param command how the command is called, such as `npm run backup -- insta`
 * @throws CommandError if there are none, or the cluster is another
 */
export async function findBackedUp(name: string, environmentName: string, command: string): Promise<BackedUp> {
  const { system, environment } = await findSystem(name, environmentName);
  const databases = system.services
    .filter((service) => isBackedUp({ service, environment }))
    .map((service): string => service.name);
  if (databases.length === 0)
    throw new CommandError(
      `backups: got none of ${name} in ${environmentName}; allowed: a system with a database, in an environment with backups: keepBackups({ ... }); fix: add them to src/systems/environments/${environmentName}.ts, or see docs/guide/backups.md where an operator backs its databases up`,
      2,
    );
  console.log(`cluster: ${(await kubectl(['config', 'current-context'])).trim()}, namespace: ${name}`);
  await checkNamespace(name, environment, command);
  return { system, environment, databases };
}

/** @throws CommandError if it is none of them */
export function checkDatabase(database: string, { databases }: BackedUp): void {
  if (!databases.includes(database))
    throw unknownValue('database', database, databases, 'name one of these, which is called like its service');
}

/** What a Job is started as. */
export interface JobProps {
  readonly backedUp: BackedUp;
  readonly database: string;
  /** What it is called behind the service's name. */
  readonly what: string;
  readonly args: readonly string[];
  /** Whether it counts as a run of the CronJob, so that its alerts know of it. */
  readonly isRun: boolean;
  /** How often it is tried, and how long it may take in seconds. @default - as the CronJob says */
  readonly limits?: { readonly backoffLimit: number; readonly activeDeadlineSeconds: number };
  /** Told of each line of its log. */
  readonly onLine: (line: LogLine) => void;
}

/**
 * Runs a Job from the CronJob of a database, and waits for its end.
 *
 * @throws CommandError if the CronJob is not there, or the Job fails
 */
export async function runJob(props: JobProps): Promise<void> {
  const { backedUp, database, what } = props;
  const namespace = backedUp.system.name;
  const template = await findCronJob(backedUp, database);
  const name = `${database}-${what}-${randomBytes(3).toString('hex')}`;
  // By standard input: an argument would be seen by everybody on this machine, and cut where it is long.
  await kubectl(['create', '--filename=-'], JSON.stringify(jobOf(name, namespace, template, props)));
  await follow(name, namespace, props.onLine);
}

async function findCronJob({ system, environment }: BackedUp, database: string): Promise<CronJob> {
  const name = backupName(database);
  const found = await kubectl(['get', 'cronjob', name, `--namespace=${system.name}`, '--ignore-not-found', '-o=json']);
  if (found.trim() !== '') return cronJob.parse(JSON.parse(found));
  const manifests = environmentFolder(environment.name, 'dist');
  throw new CommandError(
    `cronjob: got none called ${name} in the namespace ${system.name}; allowed: one that is there; fix: npm run synth, then kubectl apply -f ${manifests}/`,
    1,
  );
}

function jobOf(name: string, namespace: string, found: CronJob, { args, isRun, limits }: JobProps): object {
  const { metadata, spec } = found;
  const { template, ...job } = spec.jobTemplate.spec;
  const [container] = template.spec.containers;
  const owner = { apiVersion: 'batch/v1', kind: 'CronJob', name: metadata.name, uid: metadata.uid, controller: true };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name,
      namespace,
      labels: metadata.labels,
      ...(isRun && { ownerReferences: [owner], annotations: { 'cronjob.kubernetes.io/instantiate': 'manual' } }),
    },
    spec: {
      ...job,
      ...limits,
      template: { ...template, spec: { ...template.spec, containers: [{ ...container, args }] } },
    },
  };
}

/** Hands on what its pods log, until it has ended. */
async function follow(name: string, namespace: string, onLine: (line: LogLine) => void): Promise<void> {
  const told = new Map<string, number>();
  let waitedFor = '';
  for (;;) {
    const { status } = jobStatus.parse(
      JSON.parse(await kubectl(['get', 'job', name, `--namespace=${namespace}`, '-o=json'])),
    );
    const ended = status.conditions?.find(
      (each) => ['Complete', 'Failed'].includes(each.type) && each.status === 'True',
    );
    const pods = podList.parse(
      JSON.parse(
        await kubectl([
          'get',
          'pods',
          `--namespace=${namespace}`,
          `--selector=batch.kubernetes.io/job-name=${name}`,
          '-o=json',
        ]),
      ),
    );
    const inOrder = pods.items.toSorted((one, other) =>
      one.metadata.creationTimestamp < other.metadata.creationTimestamp ? -1 : 1,
    );
    for (const pod of inOrder) {
      const waiting = pod.status.containerStatuses?.[0]?.state.waiting;
      if (waiting && !usualReasons.includes(waiting.reason) && waiting.reason !== waitedFor)
        console.log(`waiting for the pod ${pod.metadata.name}: ${waiting.reason} ${waiting.message ?? ''}`.trim());
      waitedFor = waiting?.reason ?? waitedFor;
      if (waiting) continue;
      // Of a pod that has not started there is no log yet.
      const log = await kubectl(['logs', pod.metadata.name, `--namespace=${namespace}`]).catch(() => '');
      const lines = log.split('\n').filter(Boolean);
      for (const line of lines.slice(told.get(pod.metadata.name) ?? 0)) onLine(parsed(line));
      told.set(pod.metadata.name, lines.length);
    }
    if (ended?.type === 'Complete') return;
    if (ended)
      throw new CommandError(
        `the Job ${name} failed: ${ended.message ?? 'no reason given'}; fix: see the lines above, or kubectl describe job ${name} --namespace=${namespace}`,
        1,
      );
    await sleep(askEvery);
  }
}

function parsed(line: string): LogLine {
  try {
    return z.looseObject({}).parse(JSON.parse(line));
  } catch {
    // Such as what Node says before the service can log.
    return { body: line };
  }
}

/** A line of a log for people. */
export function shownLine({ body, severity_text: severity, ...others }: LogLine): string {
  const more = Object.entries(others)
    .filter(([key]) => logFields[key as LogFieldName]?.on !== 'every line')
    .map(([key, value]) => ` ${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const isUsual = severity === severities.info.severity_text || severity === undefined;
  return `${isUsual ? '' : `${String(severity).toLowerCase()}: `}${body}${more.join('')}`;
}
