import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { Command } from 'commander';
import { execa } from 'execa';
import { loadSystems } from '../charts/load-systems.ts';
import { DeclarationError, defineEnvironment, imageName } from '../model/index.ts';
import { isOnPath } from './is-on-path.ts';
import { appNames, root } from './repository.ts';
import { CommandError, runCommand, unknownValue } from './run-command.ts';

/** What builds images, in the order in which they are tried. */
const builders = { docker: ['build'], podman: ['build'], buildah: ['build'] } as const;
const builderNames = Object.keys(builders) as (keyof typeof builders)[];

interface Options {
  readonly all?: true;
  readonly print?: true;
  readonly tag?: string;
}

await runCommand(
  new Command('npm run image --')
    .description(
      'Builds the image of an app with docker, podman or buildah, under the name that the manifests of local expect.',
    )
    .argument('[app]', `the app: ${appNames().join(' | ')}`)
    .option('--all', 'build the images of all apps')
    .option('--tag <tag>', 'the tag, in place of that of the environment local')
    .option('--print', 'print the command and run nothing')
    .action(buildImages),
);

async function buildImages(app: string | undefined, { all, print, tag }: Options): Promise<void> {
  const name = await nameWith(tag);
  const builder = findBuilder();
  const labels = await labelArguments();
  for (const each of chosenApps(app, all)) {
    const args = [
      ...builders[builder],
      '--tag',
      name(each),
      '--build-arg',
      `APP=${each}`,
      ...labels,
      relative('', root) || '.',
    ];
    if (print) {
      console.log([builder, ...args].map(quote).join(' '));
      continue;
    }
    const { exitCode } = await execa(builder, args, { stdio: 'inherit', reject: false });
    if (exitCode !== 0) throw new CommandError(`the image of ${each} was not built: ${builder} said why above`, 1);
    console.log(name(each));
  }
}

function chosenApps(app: string | undefined, all: true | undefined): readonly string[] {
  const apps = appNames();
  if (all && app) throw new CommandError(`got both ${app} and --all; allowed: one of them; fix: drop the other`, 2);
  if (all) return apps;
  if (app && apps.includes(app)) return [app];
  throw unknownValue('app', app ?? 'nothing', apps, 'name one of these, or --all');
}

async function nameWith(tag: string | undefined): Promise<(app: string) => string> {
  const { local } = (await loadSystems()).environments;
  if (!local) throw new CommandError('no environment local; fix: add it to src/systems/index.ts', 1);
  if (tag === undefined) return (app) => imageName(local, app);
  try {
    const checked = defineEnvironment({ ...local, images: { ...local.images, tag } });
    return (app) => imageName(checked, app);
  } catch (error) {
    // The mistake is in the call, not in the environment's declaration.
    if (error instanceof DeclarationError) throw new CommandError(error.message, 2);
    throw error;
  }
}

function findBuilder(): keyof typeof builders {
  const found = builderNames.find((each) => isOnPath(each));
  if (found) return found;
  throw new CommandError(
    `nothing here builds images: got none of them on PATH; allowed: ${builderNames.join(' | ')}; fix: install one of these`,
    1,
  );
}

/** What the image says about itself, of the commit alone: the same commit gives the same image. */
async function labelArguments(): Promise<string[]> {
  const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { version: string };
  const revision = await git('rev-parse', 'HEAD');
  // An image of what nobody committed must not pass for one of the commit.
  const changes =
    revision && (await git('status', '--porcelain', '--', 'src', 'package.json', 'package-lock.json', 'Dockerfile'));
  const source = webAddress(await git('config', '--get', 'remote.origin.url'));
  return [
    ...['--build-arg', `VERSION=${version}`],
    ...(revision ? ['--build-arg', `REVISION=${revision}${changes ? '-dirty' : ''}`] : []),
    ...(source ? ['--build-arg', `SOURCE=${source}`] : []),
  ];
}

/** Where a browser finds a remote of git, without the password that its URL may carry. Nothing for a folder, which tells other machines nothing. */
function webAddress(remote: string): string {
  const [, host, path] = /^(?:[^/@]+@)?([\w.-]{2,}):(?!\/)(.+)$/.exec(remote) ?? [];
  const url = URL.parse(host ? `ssh://${host}/${path}` : remote);
  if (!url?.host || !/^(https?|ssh|git):$/.test(url.protocol)) return '';
  // A port of SSH is none of the web's.
  const origin = url.protocol.startsWith('http') ? url.origin : `https://${url.hostname}`;
  return origin + url.pathname.replace(/(\.git)?\/?$/, '');
}

/** What git says, or nothing where there is no git: an archive of the code builds too, without the revision. */
async function git(...args: string[]): Promise<string> {
  const { stdout, failed } = await execa('git', args, { cwd: root, reject: false });
  return failed ? '' : stdout.trim();
}

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
