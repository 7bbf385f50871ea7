import closeWithGrace from 'close-with-grace';
import { DeclarationError, gracePeriodSeconds, type Service, show } from '../../model/index.ts';
import type { App } from './app.ts';
import { BackupError } from './backups/backup-error.ts';
import { buildApp } from './build-app.ts';
import { ConfigError, describe } from './config.ts';
import { createLog, type Logger } from './log.ts';

/** What `sysexits.h` calls EX_CONFIG: starting again will not help. */
const badConfig = 78;

/** All but those that ask a process to end. */
const otherSignals = [
  'SIGHUP',
  'SIGQUIT',
  'SIGILL',
  'SIGTRAP',
  'SIGABRT',
  'SIGBUS',
  'SIGFPE',
  'SIGSEGV',
  'SIGUSR2',
] as const;

/**
 * Runs a service as this process, from its declaration to the last log line. Never throws: what goes wrong is logged, and the exit code is 78 for a
 * wrong declaration or environment and 1 for anything else. With arguments it does what they ask for, such as a backup, and ends with 0.
 *
 * @param load imports the app, so that a mistake in its declaration is met here
 */
export async function run<S extends Service>(load: () => Promise<{ default: App<S> }>): Promise<void> {
  const version = process.env['SERVICE_VERSION'] || 'dev';
  let log = createLog({ service: 'unknown', version, level: 'info' });
  try {
    const { default: app } = await load();
    log = createLog({ service: app.service.name, version, level: 'info' });
    const args = process.argv.slice(2);
    if (args.length > 0) {
      // Here alone: whoever serves needs none of it.
      const { runBackupCommand } = await import('./backups/backup-commands.ts');
      await runBackupCommand(app, args, process.env);
      process.exit(0);
    }
    const built = await buildApp(app, { env: process.env });
    log = built.log;
    // Before it listens: a signal during the start must not cut the first request.
    endWithGrace(built);
    await built.listen();
  } catch (error) {
    process.exit(report(error, log));
  }
}

function endWithGrace({ log, service, drain }: { log: Logger; service: Service; drain(): Promise<void> }): void {
  const grace = gracePeriodSeconds(service.lifecycle) * 1_000;
  closeWithGrace(
    {
      // A little before Kubernetes kills the process, so that the log says why it ended.
      delay: grace - 500,
      skip: [...otherSignals, 'beforeExit'],
      logger: false,
      onTimeout: () => log.fatal('not closed within the grace period'),
      onSecondSignal: (signal) => log.warn({ signal }, 'second signal: ending at once'),
      onSecondError: (err) => log.fatal({ err }, 'error while ending'),
    },
    async ({ signal, err }) => {
      if (signal) log.info({ signal }, 'ending');
      else log.fatal({ err }, 'unexpected error: ending');
      await drain();
      log.info('ended');
      // Whatever was thrown, undefined included, the exit code must not say that all was well.
      if (!signal) throw err ?? new Error('unexpected error');
    },
  );
}

function report(error: unknown, log: Logger): number {
  if (error instanceof ConfigError) {
    for (const problem of error.problems) log.fatal(problem, describe(problem));
    return badConfig;
  }
  if (error instanceof DeclarationError) {
    for (const { path, got, allowed, fix } of error.problems) {
      log.fatal({ path, allowed, fix }, `${path}: got ${show(got)}; allowed: ${allowed}; fix: ${fix}`);
    }
    return badConfig;
  }
  if (error instanceof BackupError) {
    log.fatal(error.message);
    return 1;
  }
  log.fatal({ err: error }, 'could not start');
  return 1;
}
