import { expect } from 'vitest';
import { type PlatformProps, renderPlatform } from '../src/charts/platform.ts';

/** A rendered object as tests look at it: any field, typed by the matcher that reads it. */
// biome-ignore lint/suspicious/noExplicitAny: a manifest of any kind; the assertions are what gives its fields a shape
export type Manifest = any;

/** All objects of a platform, in the order in which they are applied. */
export function objectsOf(props: PlatformProps): Manifest[] {
  return renderPlatform(props)
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((chart) => chart.objects);
}

/** The one object of a kind and a name; a test that finds none or two fails with what there is. */
export function objectNamed(objects: readonly Manifest[], kind: string, name: string): Manifest {
  const found = objects.filter((object) => object.kind === kind && object.metadata.name === name);
  expect(
    found,
    `${kind} ${name} among ${objects.map((object) => `${object.kind} ${object.metadata.name}`).join(', ')}`,
  ).toHaveLength(1);
  return found[0];
}
