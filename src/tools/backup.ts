import { Command } from 'commander';
import { mainEnvironment } from '../charts/environment-folder.ts';
import { checkDatabase, findBackedUp, type LogLine, runJob, shownLine } from './backup-jobs.ts';
import { inParallel } from './in-parallel.ts';
import { CommandError, runCommand } from './run-command.ts';

/** How many are backed up at a time: each Job asks for memory of a node, and all dump into one store. */
const atATime = 4;

await runCommand(
  new Command('npm run backup --')
    .description(
      'Backs the databases of a system up now, beside their schedule, in the cluster of the current kubectl context. Each backup counts towards `keep` of the environment: many by hand push out those of the schedule. On this machine npm run dev keeps its data in .trellis, which can be copied while it is stopped.',
    )
    .argument('<system>', 'the system')
    .argument('[database]', 'the database, called like its service; all of them if left out')
    .option('--environment <environment>', 'the environment that the cluster is', mainEnvironment)
    .action(backup),
);

/** @throws CommandError with what each database says that could not be backed up, once all have ended */
async function backup(
  name: string,
  database: string | undefined,
  { environment }: { environment: string },
): Promise<void> {
  const backedUp = await findBackedUp(name, environment, `npm run backup -- ${name}`);
  if (database !== undefined) checkDatabase(database, backedUp);
  const failures: string[] = [];
  await inParallel(database === undefined ? backedUp.databases : [database], atATime, async (each) => {
    const onLine = (line: LogLine) => console.log(`${each}: ${shownLine(line)}`);
    try {
      await runJob({ backedUp, database: each, what: 'backup', args: ['backup'], isRun: true, onLine });
    } catch (error) {
      // One that fails is no reason to have no backup of the others.
      if (!(error instanceof CommandError)) throw error;
      failures.push(error.message);
    }
  });
  if (failures.length > 0) throw new CommandError(failures.join('\n'), 1);
}
