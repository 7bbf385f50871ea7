import { expect, test } from 'vitest';
import { KeyEncryption } from './key-encryption.ts';

const text = JSON.stringify({ kty: 'OKP', d: 'private part' });

test('decrypts what the same secret encrypted, in the same place alone', () => {
  const encrypted = new KeyEncryption('secret').encrypt(text, 'key 1');
  expect(encrypted.toString('latin1')).not.toContain('private part');
  expect(new KeyEncryption('secret').decrypt(encrypted, 'key 1')).toBe(text);
  expect(new KeyEncryption('secret').decrypt(encrypted, 'key 2')).toBeUndefined();
  expect(new KeyEncryption('Secret').decrypt(encrypted, 'key 1')).toBeUndefined();
});

test('gives another cipher text each time', () => {
  const encryption = new KeyEncryption('secret');
  expect(encryption.encrypt(text, 'key 1').equals(encryption.encrypt(text, 'key 1'))).toBe(false);
});

test('refuses what was changed in any byte, or cut off', () => {
  const encryption = new KeyEncryption('secret');
  const encrypted = encryption.encrypt(text, 'key 1');
  for (const at of encrypted.keys()) {
    const changed = Buffer.from(encrypted);
    changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
    expect(encryption.decrypt(changed, 'key 1')).toBeUndefined();
    expect(encryption.decrypt(encrypted.subarray(0, at), 'key 1')).toBeUndefined();
  }
});

test('with a new secret reads what the one before encrypted, and encrypts with the new one', () => {
  const before = new KeyEncryption('old');
  const between = new KeyEncryption('new', 'old');
  expect(between.decrypt(before.encrypt(text, 'key 1'), 'key 1')).toBe(text);
  const encrypted = between.encrypt(text, 'key 1');
  expect(new KeyEncryption('new').decrypt(encrypted, 'key 1')).toBe(text);
  expect(before.decrypt(encrypted, 'key 1')).toBeUndefined();
});
