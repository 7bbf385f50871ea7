import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../src/apps/kit/testing/free-port.ts';

/** Files in a folder that is removed with it, which a server's user may read too. */
export interface ServerFiles extends AsyncDisposable {
  /** Writes a file. @returns its path */
  write(name: string, text: string): Promise<string>;
  /** A certificate for `localhost`, signed by an authority of its own. */
  readonly certificate: { readonly key: string; readonly cert: string; readonly authority: string };
}

/** What servers run as that refuse to be root. */
const user = 'postgres';

/** @throws Error with code ENOENT where there is no openssl */
export async function serverFiles(): Promise<ServerFiles> {
  const folder = await mkdtemp(join(tmpdir(), 'servers-'));
  const path = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe', cwd: folder });
  const dispose = () => rm(folder, { recursive: true });
  try {
    await chmod(folder, 0o755);
    const key = ['-newkey', 'rsa:2048', '-nodes'];
    openssl('req', '-x509', ...key, '-days', '1', '-subj', '/CN=authority', '-keyout', 'ca.key', '-out', 'ca.crt');
    openssl('req', ...key, '-subj', '/CN=server', '-keyout', 'server.key', '-out', 'server.csr');
    await writeFile(path('names'), 'subjectAltName=DNS:localhost\n');
    const signer = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '1', '-extfile', 'names'];
    openssl('x509', '-req', '-in', 'server.csr', ...signer, '-out', 'server.crt');
    await chmod(path('server.key'), 0o600);
    if (process.getuid?.() === 0) {
      const [uid = '0', gid = '0'] = ['-u', '-g'].map((which) =>
        execFileSync('id', [which, user], { encoding: 'utf8' }),
      );
      await chown(path('server.key'), Number(uid), Number(gid));
    }
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    async write(name, text) {
      await writeFile(path(name), text, { mode: 0o644 });
      return path(name);
    },
    certificate: { key: path('server.key'), cert: path('server.crt'), authority: path('ca.crt') },
    [Symbol.asyncDispose]: dispose,
  };
}

export interface PgBouncer extends AsyncDisposable {
  readonly port: number;
}

/**
 * Starts the `pgbouncer` of this machine in front of a Postgres.
 *
 * @param parameters of its section `pgbouncer`, beside what it needs to run here
 * @param passwords of its users, by name
 * @throws Error with its output if it does not start, and with code ENOENT if there is none
 */
export async function startPgBouncer(
  files: ServerFiles,
  server: { readonly port: string },
  parameters: Readonly<Record<string, string>>,
  passwords: Readonly<Record<string, string>>,
): Promise<PgBouncer> {
  const port = await freePort();
  const users = Object.entries(passwords).map(([name, password]) => `"${name}" "${password}"\n`);
  const { key, cert } = files.certificate;
  const settings = {
    listen_addr: '127.0.0.1',
    listen_port: port,
    unix_socket_dir: '',
    auth_type: 'scram-sha-256',
    auth_file: await files.write('users.txt', users.join('')),
    client_tls_key_file: key,
    client_tls_cert_file: cert,
    server_tls_sslmode: 'require',
    ...(process.getuid?.() === 0 && { user }),
    ...parameters,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
  const config = await files.write(
    'pgbouncer.ini',
    ['[databases]', `* = host=127.0.0.1 port=${server.port}`, '[pgbouncer]', ...lines, ''].join('\n'),
  );
  const process_ = await started(spawn('pgbouncer', [config], { stdio: ['ignore', 'ignore', 'pipe'] }));
  return {
    port,
    async [Symbol.asyncDispose]() {
      const ended = once(process_, 'exit');
      process_.kill('SIGKILL');
      await ended;
    },
  };
}

async function started(child: ChildProcess): Promise<ChildProcess> {
  let output = '';
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`pgbouncer ended with ${code}: ${output}`)));
    child.stderr?.setEncoding('utf8').on('data', (text) => {
      output += text;
      if (output.includes('process up')) resolve();
    });
  });
  return child;
}
