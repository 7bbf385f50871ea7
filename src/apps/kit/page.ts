import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { knowsEtag } from './etag.ts';
import { pageHeaders, pageTlsHeaders } from './page-headers.ts';
import { HttpError } from './problem.ts';

/** The page of a service in a browser: its shell, and the assets that the shell refers to. */
export interface Page {
  /** Answers with the shell, which a browser asks for again each time. */
  shell(request: FastifyRequest, reply: FastifyReply): Promise<Buffer>;
  /** Answers with an asset, which a browser keeps. @throws HttpError 404 `asset-not-found` */
  asset(name: string, request: FastifyRequest, reply: FastifyReply): Promise<Buffer>;
}

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};
/** As they are written: with the hash of their content. It has no way out of their folder. */
const assetForm = /^[\w.-]+-[A-Z0-9]{8}\.[a-z0-9]+$/;
/** The best first. */
const encodings = [
  { name: 'br', suffix: '.br' },
  { name: 'gzip', suffix: '.gz' },
] as const;
const nothing = Buffer.alloc(0);

/**
 * Opens the page that was built beside a service.
 *
 * @param beside the `import.meta.url` of the service's module, or of the bundle that it became
 * @throws Error if there is none
 */
export async function openPage(beside: string): Promise<Page> {
  const folder = fileURLToPath(new URL('./.page/', beside));
  const file = join(folder, 'index.html');
  let shell: { readonly content: Buffer; readonly etag: string; readonly readAt: number } | undefined;
  const readShell = async () => {
    // While a page is worked on it is built again and again, under a service that goes on. In an image this is one look at a file that stays as it is.
    const { mtimeMs } = await stat(file);
    if (shell?.readAt === mtimeMs) return shell;
    const content = await readFile(file);
    const etag = `"${createHash('sha256').update(content).digest('base64url').slice(0, 27)}"`;
    shell = { content, etag, readAt: mtimeMs };
    return shell;
  };
  await readShell().catch((cause) => {
    throw new Error(`there is no page in ${folder}; fix: build it with node src/tools/build-page.ts`, { cause });
  });
  /** By name, each with its twins; there are no more than files. */
  const assets = new Map<string, Promise<ReadonlyMap<string, Buffer>>>();
  const readAsset = (name: string) => {
    const known = assets.get(name) ?? readTwins(join(folder, 'assets', name));
    assets.set(name, known);
    known.catch(() => assets.delete(name));
    return known;
  };

  return {
    async shell(request, reply) {
      const { content, etag } = await readShell();
      const headers = request.protocol === 'https' ? pageTlsHeaders : pageHeaders;
      reply.headers({ ...headers, etag, 'cache-control': 'no-cache' });
      if (knowsEtag(request, etag)) {
        reply.code(304);
        return nothing;
      }
      reply.type('text/html; charset=utf-8');
      return content;
    },
    async asset(name, request, reply) {
      const type = types[extname(name)];
      if (!assetForm.test(name) || type === undefined) throw assetNotFound();
      const twins = await readAsset(name).catch((error: NodeJS.ErrnoException) => {
        throw error.code === 'ENOENT' ? assetNotFound() : error;
      });
      const accepted = acceptedEncodings(request);
      const encoding = encodings.find((each) => accepted.has(each.name) && twins.has(each.suffix));
      const etag = `"${name}${encoding?.suffix ?? ''}"`;
      reply.headers({ etag, 'cache-control': 'public, max-age=31536000, immutable', vary: 'accept-encoding' });
      if (knowsEtag(request, etag)) {
        reply.code(304);
        return nothing;
      }
      reply.type(type);
      if (encoding) reply.header('content-encoding', encoding.name);
      return twins.get(encoding?.suffix ?? '') ?? nothing;
    },
  };
}

/** A file and its compressed twins, by their suffix. */
async function readTwins(file: string): Promise<ReadonlyMap<string, Buffer>> {
  const twins = await Promise.all(
    encodings.map(async ({ suffix }) => {
      const content = await readFile(`${file}${suffix}`).catch(() => undefined);
      return content === undefined ? [] : [[suffix, content] as const];
    }),
  );
  return new Map([['', await readFile(file)], ...twins.flat()]);
}

function acceptedEncodings({ headers }: FastifyRequest): ReadonlySet<string> {
  const parts = String(headers['accept-encoding'] ?? '')
    .toLowerCase()
    .split(',');
  return new Set(
    parts.flatMap((part) => {
      const [name = '', ...parameters] = part.split(';').map((text) => text.trim());
      return parameters.some((each) => /^q=0(\.0*)?$/.test(each)) ? [] : [name];
    }),
  );
}

function assetNotFound(): HttpError {
  return new HttpError(404, 'asset-not-found', 'There is no such asset; the page may have changed meanwhile');
}
