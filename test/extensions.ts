import { ApiObject, type ApiObjectProps, type JsonPatch } from 'cdk8s';
import { expect } from 'vitest';
import { defineExtension } from '../src/charts/extension.ts';

/** An extension that patches the one object of a kind in its chart. */
export function patch(kind: string, ...patches: JsonPatch[]) {
  return defineExtension(({ chart }) => {
    const objects = chart.node.findAll().filter((each) => ApiObject.isApiObject(each));
    const found = objects.filter((each) => each.kind === kind);
    // Guards the guard: a patch of nothing would break nothing.
    expect(found).toHaveLength(1);
    found[0]?.addJsonPatch(...patches);
  });
}

/** An extension that adds objects to its chart. */
export function adds(...manifests: ApiObjectProps[]) {
  return defineExtension(({ chart }) => {
    for (const [index, manifest] of manifests.entries()) new ApiObject(chart, `added-${index}`, manifest);
  });
}
