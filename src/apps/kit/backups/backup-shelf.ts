import type { Readable } from 'node:stream';
import type { ObjectStore } from '../stores/object-store.ts';
import { BackupError } from './backup-error.ts';

/** A backup that is kept. */
export interface KeptBackup {
  /** Its object. */
  readonly key: string;
  /** When its snapshot was taken. */
  readonly at: Date;
  /** How large it is as it is kept, compressed. */
  readonly bytes: number;
}

const ending = '.sql.gz';
/** As a key may show it: an object's key has no colon. */
const timeForm = /^(\d{4}-\d{2}-\d{2})T(\d{2})-(\d{2})-(\d{2}\.\d{3})Z$/;

/** The backups of one database, as objects of a store: `<folder>/<time>.sql.gz`, whose order is that of their times. */
export class BackupShelf {
  readonly #store: ObjectStore;
  readonly #folder: string;

  constructor(store: ObjectStore, folder: string) {
    this.#store = store;
    this.#folder = folder;
  }

  keyAt(at: Date): string {
    return `${this.#folder}/${at.toISOString().replaceAll(':', '-')}${ending}`;
  }

  /** The oldest first. What has another form of key is somebody else's. */
  async list(): Promise<KeptBackup[]> {
    const kept: KeptBackup[] = [];
    for await (const { key, bytes } of this.#store.list(`${this.#folder}/`)) {
      const name = key.slice(this.#folder.length + 1, -ending.length);
      const [, day, hour, minute, second] = key.endsWith(ending) ? (timeForm.exec(name) ?? []) : [];
      if (day) kept.push({ key, bytes, at: new Date(`${day}T${hour}:${minute}:${second}Z`) });
    }
    return kept.toSorted((one, other) => one.at.getTime() - other.at.getTime());
  }

  /** The compressed bytes of one. @throws BackupError if it is not there */
  async open(key: string): Promise<Readable> {
    const found = await this.#store.get(key);
    if (found) return found.content;
    const keys = (await this.list()).map((each) => each.key);
    throw new BackupError(
      `there is no backup ${key}; allowed: ${keys.join(' | ') || 'none, as nothing was backed up yet'}; fix: name one of these`,
    );
  }
}
