import { toMilliseconds } from '../../model/index.ts';
import auth, { tokenAudience, tokenIssuer } from '../auth/contract.ts';
import { defineApp } from '../kit/index.ts';
import { countRejections } from './count-rejections.ts';
import { migrations } from './migrations.ts';
import { createPictureReader } from './pictures.ts';
import { fileNotFound, sendFile } from './send-file.ts';
import service from './service.ts';
import { FileTable, originalKey, type Served, type ThumbnailWidth, thumbnailKey } from './store.ts';
import { Sweeper } from './sweeper.ts';
import { UploadGate } from './upload-gate.ts';
import { Uploads } from './uploads.ts';

export default defineApp(
  service,
  async (kit) => {
    const { config, log, metrics, client, objects } = kit;
    const accounts = client(auth);
    kit.authenticate({ issuer: tokenIssuer, audience: tokenAudience, keys: () => accounts.publicKeys() });

    const files = new FileTable(kit.database);
    const uploads = new Uploads({ files, objects, readPicture: createPictureReader(log), log });
    const gate = new UploadGate();
    const sweeper = new Sweeper({
      files,
      objects,
      halfUploadTtl: toMilliseconds(config.HALF_UPLOAD_TTL),
      patience: toMilliseconds(config.SWEEP_EVERY),
      log,
      onAccountRemoved: () => metrics.accountsRemoved.inc(),
    });
    kit.every('sweep-accounts', config.SWEEP_EVERY, (signal) => sweeper.sweepAccounts(signal));
    kit.every('sweep-files', config.SWEEP_EVERY, (signal) => sweeper.sweepFiles(signal));
    kit.every('sweep-unfinished', config.SWEEP_EVERY, (signal) => sweeper.sweepUnfinished(signal));
    kit.every('sweep-strays', config.SWEEP_EVERY, (signal) => sweeper.sweepStrays(signal));
    kit.follow({
      name: 'deleted-accounts',
      every: config.DELETIONS_EVERY,
      read: async (after) => (await accounts.deletedAccounts({ query: { after } })).items,
      apply: (tx, { id }) => files.deleteAccount(tx, id),
    });
    countRejections(kit.server, metrics.rejections);

    const served = async (id: string): Promise<Served> => {
      const file = await files.served(id);
      if (!file) throw fileNotFound();
      return file;
    };

    return {
      upload: async ({ user, body, headers }, reply) => {
        const isAwaited = () => !reply.sent && !reply.raw.destroyed;
        const length = headers['content-length'];
        const { item, kind } = await gate.run(user.id, length === undefined ? undefined : Number(length), () =>
          uploads.keep({ owner: user.id, body, isAwaited }),
        );
        metrics.uploads.inc({ kind });
        metrics.uploadedBytes.inc({ kind }, item.bytes);
        return item;
      },
      download: async (request, reply) => {
        const { id } = request.params;
        const { type, bytes, sha256, createdAt } = await served(id);
        const file = { key: originalKey(id), type, bytes, version: sha256, modified: createdAt };
        return sendFile(objects, file, request, reply);
      },
      thumbnail: async (request, reply) => {
        const { id } = request.params;
        const width = Number(request.query.width) as ThumbnailWidth;
        const { sha256, createdAt, thumbnailBytes } = await served(id);
        const bytes = thumbnailBytes[width];
        // A video has none.
        if (bytes === null) throw fileNotFound();
        const version = `${sha256}-${width}`;
        const file = { key: thumbnailKey(id, width), type: 'image/webp', bytes, version, modified: createdAt };
        return sendFile(objects, file, request, reply);
      },
      remove: async ({ user, params }) => {
        if (!(await files.remove(params.id, user.id))) throw fileNotFound();
        return undefined;
      },
      findFiles: async ({ query }) => ({ items: await files.find(query.ids) }),
    };
  },
  { migrations },
);
