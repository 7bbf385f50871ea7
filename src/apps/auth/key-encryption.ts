import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const cipher = 'aes-256-gcm';
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;

/**
 * Encrypts what may not be read by whoever gets at the database alone: nonce, tag and cipher text, in this order.
 *
 * To change the secret, give the old one as the one before and roll that out. New texts are then encrypted with the new secret, and the old ones stay
 * readable. The old secret is of no use any more once all that it encrypted is gone.
 */
export class KeyEncryption {
  readonly #keys: readonly Buffer[];

  /** @param secrets the one that encrypts, then those that only decrypt; any text each */
  constructor(...secrets: readonly [string, ...string[]]) {
    this.#keys = secrets.map((secret) =>
      Buffer.from(hkdfSync('sha256', secret, '', 'private signing keys of auth', keyBytes)),
    );
  }

  /** @param context where it belongs, such as the id of its row: it can only be decrypted there */
  encrypt(text: string, context: string): Buffer {
    const nonce = randomBytes(nonceBytes);
    const encrypting = createCipheriv(cipher, this.#keys[0] as Buffer, nonce).setAAD(Buffer.from(context));
    const content = Buffer.concat([encrypting.update(text, 'utf8'), encrypting.final()]);
    return Buffer.concat([nonce, encrypting.getAuthTag(), content]);
  }

  /** @returns undefined if none of the secrets encrypted it, or somebody changed it */
  decrypt(encrypted: Uint8Array, context: string): string | undefined {
    for (const key of this.#keys) {
      const text = decryptWith(key, encrypted, context);
      if (text !== undefined) return text;
    }
    return undefined;
  }
}

function decryptWith(key: Buffer, encrypted: Uint8Array, context: string): string | undefined {
  const nonce = encrypted.subarray(0, nonceBytes);
  const tag = encrypted.subarray(nonceBytes, nonceBytes + tagBytes);
  try {
    const decrypting = createDecipheriv(cipher, key, nonce, { authTagLength: tagBytes })
      .setAAD(Buffer.from(context))
      .setAuthTag(tag);
    const content = encrypted.subarray(nonceBytes + tagBytes);
    return Buffer.concat([decrypting.update(content), decrypting.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}
