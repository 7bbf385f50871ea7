import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { environments, systems } from '../systems/index.ts';
import { alertsPage } from './alerts-page.ts';
import { logsPage } from './logs-page.ts';
import { reachablePage } from './reachable-page.ts';
import { referencePage } from './reference-page.ts';
import { root } from './repository.ts';
import { runCommand } from './run-command.ts';
import { recordedPicture } from './simulate/recorded/recorded-picture.ts';
import { recordings } from './simulate/recorded/recordings.ts';

/** What writes each page. */
const pages = {
  'docs/reference/declarations.md': () => referencePage(),
  'docs/reference/alerts.md': () => alertsPage(Object.values(environments), systems),
  'docs/reference/logs.md': () => logsPage(),
  'docs/reference/reachable.md': () => reachablePage(Object.values(environments), systems),
  'docs/pictures/recorded-and-simulated.svg': () => recordedPicture(recordings()),
};

await runCommand(
  new Command('npm run reference --')
    .description(
      'Writes the pages of docs/reference/ from the schemas of declarations and from what systems expose, and the picture of how true simulations are.',
    )
    .option('--print', 'print them and write nothing')
    .action(({ print }: { print?: true }) => {
      for (const [file, page] of Object.entries(pages)) {
        if (print) process.stdout.write(page());
        else {
          writeFileSync(root + file, page());
          console.log(file);
        }
      }
    }),
);
