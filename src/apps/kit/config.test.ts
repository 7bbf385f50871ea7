import { describe, expect, test } from 'vitest';
import { defineContract, defineService, fixed, postgres, redis, secret } from '../../model/index.ts';
import { ConfigError, readConfig } from './config.ts';
import { sampleEnv } from './testing/build-sample.ts';
import { startChild } from './testing/child.ts';
import { freePort } from './testing/free-port.ts';
import { sampleService } from './testing/sample-app.ts';

function problemsOf(env: Record<string, string>) {
  try {
    readConfig(sampleService, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('the environment', () => {
  test('gives typed values, with defaults where nothing is set', () => {
    const { config, urlOf, secrets } = readConfig(sampleService, { ...sampleEnv, SAMPLE_SIZE: '7', SAMPLE_MODE: '' });
    expect(config).toMatchObject({
      SAMPLE_SIZE: 7,
      SAMPLE_MODE: 'safe',
      SAMPLE_TTL: '5m',
      SAMPLE_KEY: 'key-of-the-sample',
      HTTP_HOST: '0.0.0.0',
      HTTP_PORT: 4300,
      METRICS_PORT: 9464,
      LOG_LEVEL: 'info',
      LOG_REQUESTS: 1,
    });
    expect(config.SAMPLE_EXTRA).toBeUndefined();
    expect(urlOf('OTHER_URL')).toBe('http://127.0.0.1:1');
    expect(urlOf('FAR_AWAY_URL')).toBe('https://far.example/api/v1');
    expect(secrets).toEqual(['key-of-the-sample']);
  });

  test('what may be left out is left out, and may be given', () => {
    expect(readConfig(sampleService, sampleEnv).config).toMatchObject({
      OTEL_EXPORTER_OTLP_ENDPOINT: undefined,
      OTEL_RESOURCE_ATTRIBUTES: undefined,
      OTEL_TRACES_SAMPLER_ARG: 0.1,
    });
    const env = { ...sampleEnv, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/', OTEL_TRACES_SAMPLER_ARG: '1' };
    expect(readConfig(sampleService, env).config).toMatchObject({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
      OTEL_TRACES_SAMPLER_ARG: 1,
    });
  });

  test('a secret loses the line end of the file it came from', () => {
    expect(readConfig(sampleService, { ...sampleEnv, SAMPLE_KEY: 'abcdef\n' }).config.SAMPLE_KEY).toBe('abcdef');
  });

  test.each<[variable: string, value: string, got: string, allowed: string]>([
    ['SAMPLE_SIZE', 'many', '"many"', 'a whole number, at least 1, at most 10'],
    ['SAMPLE_SIZE', '11', '"11"', 'a whole number, at least 1, at most 10'],
    ['SAMPLE_SIZE', '1.5', '"1.5"', 'a whole number, at least 1, at most 10'],
    ['SAMPLE_MODE', 'quick', '"quick"', 'fast | safe'],
    ['SAMPLE_TTL', '5 minutes', '"5 minutes"', "a duration such as '300ms', '5s' or '10m'"],
    ['OTHER_URL', '', 'nothing', 'an http or https URL'],
    // Where a password ends is anybody's guess in a URL that is none.
    ['OTHER_URL', 'ftp://me:hunter22@host', '"ftp://..."', 'an http or https URL'],
    ['OTHER_URL', 'postgres://u:hunter/22@host/db', '"postgres://..."', 'an http or https URL'],
    ['OTHER_URL', 'postgres://u:p@hunter22@host', '"postgres://..."', 'an http or https URL'],
    ['OTHER_URL', 'u:hunter22@host', '(hidden)', 'an http or https URL'],
    ['SAMPLE_KEY', '', 'nothing', 'a value'],
    ['HTTP_PORT', '70000', '"70000"', 'a whole number, at least 1, at most 65535'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318', '(hidden)', 'an http or https URL'],
    ['OTEL_TRACES_SAMPLER', 'always_on', '"always_on"', 'parentbased_traceidratio'],
    ['OTEL_TRACES_SAMPLER_ARG', '10%', '"10%"', 'a number, at least 0, at most 1'],
    ['LOG_LEVEL', 'loud', '"loud"', 'trace | debug | info | warn | error | fatal'],
  ])('%s=%s is a problem', (variable, value, got, allowed) => {
    expect(problemsOf({ ...sampleEnv, [variable]: value })).toEqual([
      { variable, got, allowed, fix: expect.stringMatching(/.+/) },
    ]);
  });

  test.each([
    ['top%20secret', 'top secret'],
    // A % that escapes nothing is told by whoever uses the URL.
    ['100%safe', '100%safe'],
  ])('the password %s in the URL of a store is kept out of the log', (written, password) => {
    const service = defineService({
      contract: defineContract({ name: 'notes', port: 4304, routes: {} }),
      owner: 'kit-team',
      description: 'Keeps notes.',
      uses: { database: postgres() },
      scaling: fixed(1),
    });
    const url = `postgres://user:${written}@127.0.0.1/notes`;
    const { urlOf, secrets } = readConfig(service, { DATABASE_URL: url });
    expect(urlOf('DATABASE_URL')).toBe(url);
    expect(secrets).toEqual([url, password]);
  });

  test.each([
    ['redis://127.0.0.1:6390', false],
    ['rediss://keys.example/2', false],
    ['file:/tmp/keys.sqlite', false],
    // Perhaps a password without its colon, or where a driver also takes it.
    ['redis://hunter22@127.0.0.1', true],
    ['redis://127.0.0.1?password=hunter22', true],
    ['redis://127.0.0.1#hunter22', true],
    ['hunter22', true],
  ])('the address of a store, %s, is hidden as a whole: %s', (url, isHidden) => {
    const service = defineService({
      contract: defineContract({ name: 'notes', port: 4304, routes: {} }),
      owner: 'kit-team',
      description: 'Keeps notes.',
      uses: { keyValue: redis() },
      env: { HOOK: secret({ secret: 'hook', key: 'url' }) },
      scaling: fixed(1),
    });
    const hook = 'https://hooks.example/token';
    const { secrets } = readConfig(service, { REDIS_URL: url, HOOK: hook });
    expect(secrets.toSorted()).toEqual([...(isHidden ? [url] : []), hook].toSorted());
  });

  test('all problems are told at once', () => {
    expect(problemsOf({ SAMPLE_SIZE: '0', SAMPLE_MODE: 'x' }).map(({ variable }) => variable)).toEqual([
      'OTHER_URL',
      'SAMPLE_SIZE',
      'SAMPLE_MODE',
      'SAMPLE_KEY',
    ]);
  });
});

describe('a process that cannot start', () => {
  test('ends with 78 and one line for each problem, without a stack', async () => {
    await using child = startChild('bird/main.ts', { HTTP_PORT: 'x', BIRD_CACHE_TTL: 'long' });
    expect(await child.exited).toBe(78);
    expect(child.stderr.text).toBe('');
    expect(child.stdout.text).not.toMatch(/\bat .*\.ts|stack/);
    expect(child.stdout.all()).toMatchObject([
      { severity_text: 'FATAL', 'service.name': 'bird', variable: 'HTTP_PORT', got: '"x"' },
      { severity_text: 'FATAL', 'service.name': 'bird', variable: 'BIRD_IMAGE_URL', got: 'nothing', fix: 'set it' },
      { severity_text: 'FATAL', 'service.name': 'bird', variable: 'BIRD_CACHE_TTL', got: '"long"' },
    ]);
  });

  test('ends with 78 and one line for each mistake of the declaration', async () => {
    await using child = startChild('kit/testing/broken-main.ts', {});
    expect(await child.exited).toBe(78);
    expect(child.stderr.text).toBe('');
    expect(child.stdout.all()).toMatchObject([
      { severity_text: 'FATAL', path: 'broken.port' },
      { severity_text: 'FATAL', path: 'broken.routes.a.path' },
    ]);
    expect(child.stdout.text).not.toContain('stack');
  });

  test('ends with 1 when its port is taken', async () => {
    const port = String(await freePort());
    const env = { ...sampleEnv, HTTP_HOST: '127.0.0.1', HTTP_PORT: port, METRICS_PORT: port };
    await using child = startChild('kit/testing/sample-main.ts', env);
    expect(await child.exited).toBe(1);
    expect(child.stdout.of('could not start')).toMatchObject([{ severity_text: 'FATAL', 'error.type': 'EADDRINUSE' }]);
  });
});
