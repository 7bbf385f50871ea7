import { Command } from 'commander';
import { passwordOf } from './demo/demo-password.ts';
import { fillDemo, logInLine } from './demo/fill-demo.ts';
import { CommandError, runCommand } from './run-command.ts';

const ownUrl = 'http://127.0.0.1:8080';

await runCommand(
  new Command('npm run demo --')
    .description(
      'Fills a running insta with people, pictures, posts, likes and comments, by its public API. Adds only what is not there, so it can be run again: it goes on where it stopped.',
    )
    .argument('[url]', 'where insta is reached', ownUrl)
    .option('--host <host>', 'the Host header, where DNS does not know that of an Ingress, such as insta.test')
    .addHelpText(
      'after',
      `
Environment:
  DEMO_PASSWORD  the password of everybody of the demo (default: one that everybody can read in src/tools/demo; needed for all but loopback addresses, localhost, and hosts below .localhost and .test)

Exit codes: 0 all is there, 1 insta does not answer or refuses, 2 called in a wrong way`,
    )
    .action(async (given: string, { host }: { host?: string }) => {
      const url = urlOf(given);
      const password = passwordOf(process.env, [url.host, host ?? url.host]);
      await fillDemo({ url, host, password, print: (line) => console.log(`demo: ${line}`) });
      console.log(logInLine(url, password));
    }),
);

function urlOf(given: string): URL {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url && ['http:', 'https:'].includes(url.protocol) && url.pathname === '/') return url;
  throw new CommandError(
    `URL: got "${given}"; allowed: http:// or https:// and a host, without a path; fix: ${ownUrl}`,
    2,
  );
}
