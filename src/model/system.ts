import { z } from 'zod';
import { exposedRoutes } from './contract.ts';
import { across, check, listOf, rootOf, rule, strict, wholeNumber } from './declaration-error.ts';
import { dnsLabel } from './names.ts';
import { isService, type Service } from './service.ts';

const service = z.custom<Service>(isService, rule('a service', 'write it with defineService and import it'));

/** The Service of a NodePort has the host's name with `-node-port` behind it, in at most 63 characters. */
const longestNodePortHost = 53;

const entrance = strict({
  /** The host's first label; the environment's domain follows: `bird` and `test` make bird.test. */
  host: dnsLabel,
  /** The services whose exposed routes answer there, each at its own paths. */
  services: listOf(service, 'service', 'name those whose routes answer there'),
  /** The port on every node, where the environment exposes by NodePort. Of several services only through a gateway. @default - not reachable by NodePort */
  nodePort: wholeNumber(30_000, 32_767).optional(),
});

const shape = strict({
  /** The system's name: its namespace and the label `app.kubernetes.io/part-of`. */
  name: dnsLabel,
  services: listOf(service, 'service', 'import them from their apps'),
  /** Where it is reached from outside. @default - nowhere */
  entrances: z.array(entrance).readonly().default([]),
});

/** Variables with a value that is made for another service. Whoever had it could read or sign what is the other's alone. */
function* takenSecrets(services: readonly Service[]) {
  const variables = services.flatMap(({ name: service, env }, index) =>
    Object.entries(env).flatMap(([variable, each]) =>
      each.type === 'secret' ? [{ ...each, id: `${each.secret}/${each.key}`, index, service, variable }] : [],
    ),
  );
  const owners = new Map<string, (typeof variables)[number]>();
  for (const each of variables) if (each.generated && !owners.has(each.id)) owners.set(each.id, each);
  for (const { id, secret, key, index, service, variable } of variables) {
    const owner = owners.get(id);
    if (owner && owner.service !== service)
      yield { index, variable, secret, key, owner: `${owner.service}.${owner.variable}` };
  }
}

const system = across(shape, (declared, add) => {
  if (/^(default$|kube-)/.test(declared.name)) {
    const fix = 'choose another: its namespace would lock out what runs there already';
    add(['name'], declared.name, 'a name other than default and kube-...', fix);
  }
  const names = declared.services.map((each) => each.name);
  for (const [index, each] of declared.services.entries()) {
    if (names.indexOf(each.name) !== index) add(['services', index], each.name, 'each service once', 'delete it here');
    for (const [at, { contract }] of each.calls.entries()) {
      const callee = declared.services.find((other) => other.name === contract.name);
      const path = ['services', index, 'calls', at];
      if (!callee)
        add(
          path,
          contract.name,
          `a service of this system: ${names.join(', ')}`,
          `add ${contract.name} to the system, or delete the call`,
        );
      else if (callee.contract !== contract)
        add(
          path,
          contract.name,
          `the contract that ${callee.name} itself declares`,
          "import it from the called app's contract.ts",
        );
    }
  }
  for (const { index, variable, secret, key, owner } of takenSecrets(declared.services))
    add(
      ['services', index, 'env', variable, 'key'],
      key,
      `a key that no other service has as generated: the one of Secret ${secret} is made for ${owner} alone`,
      'choose another; what another service keeps is reached by calls',
    );
  const hosts = declared.entrances.map((each) => each.host);
  const nodePorts = declared.entrances.map((each) => each.nodePort);
  for (const [index, { host, services: targets, nodePort }] of declared.entrances.entries()) {
    const at = (key: string, ...more: PropertyKey[]) => ['entrances', index, key, ...more];
    const paths = new Map<string, string>();
    for (const [place, target] of targets.entries()) {
      const where = at('services', place);
      if (!names.includes(target.name))
        add(where, target.name, `a service of this system: ${names.join(', ')}`, 'add it to services');
      const exposed = exposedRoutes(target.contract);
      if (exposed.length === 0) {
        add(
          where,
          target.name,
          'a service with an exposed route',
          `set exposed: true on a route of ${target.name}, or delete it here`,
        );
      }
      for (const { path } of exposed) {
        const form = path.replaceAll(/:\w+/g, ':');
        const owner = paths.get(form);
        if (owner !== undefined && owner !== target.name)
          add(
            where,
            `${target.name}, with ${path}`,
            `paths that ${owner} does not expose on ${host}`,
            'change one of the two paths',
          );
        paths.set(form, target.name);
      }
    }
    if (nodePort !== undefined && host.length > longestNodePortHost) {
      const allowed = `at most ${longestNodePortHost} characters for an entrance with a NodePort`;
      add(at('host'), host, allowed, 'shorten it, or delete nodePort');
    }
    if (hosts.indexOf(host) !== index) add(at('host'), host, 'each host once', 'choose another host');
    if (nodePort !== undefined && nodePorts.indexOf(nodePort) !== index)
      add(at('nodePort'), nodePort, 'each NodePort once', 'choose another port');
  }
});

export type System = z.output<typeof system>;
export type Entrance = System['entrances'][number];

/**
 * Declares a system: a composition of services that are deployed together and may call each other.
 *
 * @throws DeclarationError with everything that is wrong with it
 */
export function defineSystem(props: z.input<typeof system>): System {
  return check(system, props, rootOf(props?.name, 'system'));
}

/** What defineSystem checks by, for what describes declarations. */
export { system as systemSchema };
