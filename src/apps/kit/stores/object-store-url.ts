import { fileURLToPath } from 'node:url';
import { shownUrl } from '../../../model/index.ts';

/** Where an S3 bucket is. */
export interface S3Place {
  /** Scheme, host and port, without a slash at the end. */
  readonly endpoint: string;
  readonly bucket: string;
  readonly region: string;
}

const allowed = 'file:/folder or http(s)://host:port/bucket?region=us-east-1';

/** Takes the URL of an object store apart. @throws Error if it is none */
export function objectStoreUrl(text: string): { folder: string } | S3Place {
  const fail = (what: string, fix: string) => {
    // Somebody may have put a password into it.
    const shown = URL.canParse(text) ? shownUrl(text) : 'no URL';
    return new Error(`object store: the URL is ${shown}, ${what}; allowed: ${allowed}; fix: ${fix}`);
  };
  if (!URL.canParse(text)) throw fail('which cannot be read', 'write one of these');
  const url = new URL(text);
  if (url.protocol === 'file:') {
    if (url.host !== '') throw fail('which has a host', 'write file:/ and the folder from the root on');
    if (url.pathname === '/') throw fail('which is the root', 'name a folder');
    return { folder: fileURLToPath(url) };
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw fail('of another scheme', 'write one of these');
  if (url.username !== '' || url.password !== '') {
    throw fail('with a user in it', 'give accessKeyId and secretAccessKey instead');
  }
  const bucket = url.pathname.replace(/^\//, '').replace(/\/$/, '');
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) {
    throw fail('whose path is no bucket', 'name a bucket: 3 to 63 of a-z 0-9 . - between letters or digits');
  }
  const others = [...url.searchParams.keys()].filter((name) => name !== 'region');
  if (others.length > 0 || url.hash !== '') throw fail('with more than a region', 'leave out the rest');
  return { endpoint: url.origin, bucket, region: url.searchParams.get('region') || 'us-east-1' };
}
