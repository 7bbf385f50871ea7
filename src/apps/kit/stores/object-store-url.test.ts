import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { createLog } from '../log.ts';
import { LogLines } from '../testing/log-lines.ts';
import { objectStoreUrl } from './object-store-url.ts';
import { openObjectStore } from './open-object-store.ts';

test.each([
  ['file:/var/objects', { folder: '/var/objects' }],
  ['file:///var/with%20space', { folder: '/var/with space' }],
  ['http://s3:7070/media', { endpoint: 'http://s3:7070', bucket: 'media', region: 'us-east-1' }],
  ['https://s3.example.com/media/', { endpoint: 'https://s3.example.com', bucket: 'media', region: 'us-east-1' }],
  [
    'https://s3.eu-west-1.amazonaws.com/a.b-c?region=eu-west-1',
    { endpoint: 'https://s3.eu-west-1.amazonaws.com', bucket: 'a.b-c', region: 'eu-west-1' },
  ],
])('%s is an object store', (url, place) => {
  expect(objectStoreUrl(url)).toEqual(place);
});

test.each([
  ['media', 'the URL is no URL, which cannot be read'],
  ['file://host/folder', 'file://host/folder, which has a host'],
  ['file:/', 'file:/, which is the root'],
  ['s3://media', 's3://media, of another scheme'],
  ['http://s3:7070', 'http://s3:7070, whose path is no bucket'],
  ['http://s3:7070/a/b', 'whose path is no bucket'],
  ['http://s3:7070/No_Bucket', 'whose path is no bucket'],
  ['http://s3:7070/media?regoin=x', 'with more than a region'],
  ['http://s3:7070/media#x', 'with more than a region'],
])('%s is none, and says why', (url, what) => {
  expect(() => objectStoreUrl(url)).toThrow(what);
  expect(() => objectStoreUrl(url)).toThrow(
    /^object store: the URL is .*; allowed: file:\/folder or http\(s\):\/\/host:port\/bucket\?region=us-east-1; fix: .+$/,
  );
});

test('a password in a URL is refused and not shown', () => {
  const problem = (url: string) => {
    try {
      return JSON.stringify(objectStoreUrl(url));
    } catch (error) {
      return String(error);
    }
  };
  const told = problem('http://somebody:hunter2@s3:7070/media');
  expect(told).toContain('with a user in it');
  expect(told).not.toContain('hunter2');
  expect(problem('http://s3:7070/media?region=x&secret=hunter2')).not.toContain('hunter2');
});

test.each([
  [{ accessKeyId: 'me' }, 'there is accessKeyId but no secretAccessKey'],
  [{ secretAccessKey: 'hunter2' }, 'there is secretAccessKey but no accessKeyId'],
])('half of the keys is not enough', async (keys, what) => {
  const log = createLog({ service: 'media', version: '1', level: 'debug', to: new LogLines() });
  const opening = openObjectStore({ url: 'http://s3/media', ...keys, service: 'media', registry: new Registry(), log });
  const error: unknown = await opening.catch((caught: unknown) => caught);
  expect(String(error)).toContain(what);
  expect(String(error)).not.toContain('hunter2');
});
