import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { referencePage } from './reference-page.ts';
import { root } from './repository.ts';
import { runCommand } from './run-command.ts';

const file = 'docs/reference/declarations.md';

await runCommand(
  new Command('npm run reference --')
    .description(`Writes ${file} from the schemas of declarations.`)
    .option('--print', 'print it and write nothing')
    .action(({ print }: { print?: true }) => {
      const page = referencePage();
      if (print) return void process.stdout.write(page);
      writeFileSync(root + file, page);
      console.log(file);
    }),
);
