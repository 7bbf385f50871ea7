import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Node, parseSync } from 'oxc-parser';

/*
 * Grafana's schema of dashboards, as its own types have it: those of @grafana/grafana-foundation-sdk are generated from the schemas of Grafana. The compiler holds our code against
 * them, but not the JSON that is left of it: its builders take `any` in places. So the JSON itself is held against the declarations of the package, and a key that they do not
 * know is refused.
 */

/** A type by its package in the SDK and its name. */
interface Declared {
  readonly of: string;
  readonly name: string;
}

// biome-ignore lint/suspicious/noExplicitAny: a node of the syntax tree, of any kind; its `type` says which
type Type = any;

const modules = new Map<string, ReadonlyMap<string, Type>>();

/** What of a value the type does not allow, each with its path. */
export function refusedBy(type: string, value: unknown, path = '$'): string[] {
  const [of = '', name = ''] = type.split('.');
  return byName({ of, name }, value, path);
}

function byName({ of, name }: Declared, value: unknown, path: string): string[] {
  // What a query is like depends on its source: ours are all of one.
  if (of === 'cog' && name === 'Dataquery') return byName({ of: 'prometheus', name: 'Dataquery' }, value, path);
  const declared = declarationsOf(of).get(name);
  if (!declared) throw new Error(`the SDK declares no ${of}.${name}`);
  if (declared.type === 'TSInterfaceDeclaration') return byMembers(declared.body.body, of, value, path);
  if (declared.type === 'TSEnumDeclaration') {
    const values = declared.body.members.map(({ initializer }: Type) => literalOf(initializer));
    return values.includes(value) ? [] : [`${path}: ${JSON.stringify(value)} is none of ${JSON.stringify(values)}`];
  }
  return byType(declared.typeAnnotation, of, value, path);
}

function byMembers(members: readonly Type[], of: string, value: unknown, path: string): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${path}: is no object`];
  const given = new Map(Object.entries(value));
  const properties = members.filter((member) => member.type === 'TSPropertySignature');
  const names = properties.map(({ key }) => key.name ?? key.value);
  return [
    ...[...given.keys()].filter((key) => !names.includes(key)).map((key) => `${path}: has no key ${key}`),
    ...properties.flatMap(({ key, optional, typeAnnotation }) => {
      const name = key.name ?? key.value;
      if (!given.has(name)) return optional ? [] : [`${path}: lacks ${name}`];
      return byType(typeAnnotation.typeAnnotation, of, given.get(name), `${path}.${name}`);
    }),
  ];
}

const primitives: Readonly<Record<string, string>> = {
  TSStringKeyword: 'string',
  TSNumberKeyword: 'number',
  TSBooleanKeyword: 'boolean',
};

function byType(type: Type, of: string, value: unknown, path: string): string[] {
  const primitive = primitives[type.type];
  if (primitive) return typeof value === primitive ? [] : [`${path}: ${JSON.stringify(value)} is no ${primitive}`];
  switch (type.type) {
    case 'TSAnyKeyword':
    case 'TSUnknownKeyword':
      return [];
    case 'TSNullKeyword':
      return value === null ? [] : [`${path}: is not null`];
    case 'TSLiteralType':
      return value === type.literal.value ? [] : [`${path}: is not ${JSON.stringify(type.literal.value)}`];
    case 'TSArrayType':
      if (!Array.isArray(value)) return [`${path}: is no list`];
      return value.flatMap((each, index) => byType(type.elementType, of, each, `${path}[${index}]`));
    case 'TSTypeLiteral':
      return byMembers(type.members, of, value, path);
    case 'TSUnionType': {
      const refused: string[][] = type.types.map((each: Type) => byType(each, of, value, path));
      // What it comes nearest to says best what is wrong.
      return refused.toSorted((one, other) => one.length - other.length)[0] ?? [];
    }
    case 'TSParenthesizedType':
      return byType(type.typeAnnotation, of, value, path);
    case 'TSTypeReference':
      return byReference(type, of, value, path);
    default:
      throw new Error(`${path}: teach test/grafana-types.ts what ${type.type} is`);
  }
}

function byReference({ typeName, typeArguments }: Type, of: string, value: unknown, path: string): string[] {
  if (typeName.type === 'Identifier') {
    if (typeName.name !== 'Record') return byName({ of, name: typeName.name }, value, path);
    if (typeof value !== 'object' || value === null) return [`${path}: is no object`];
    return Object.entries(value).flatMap(([key, each]) => byType(typeArguments.params[1], of, each, `${path}.${key}`));
  }
  const { left, right } = typeName;
  const declared = declarationsOf(of).get(left.name);
  if (declared?.type !== 'TSEnumDeclaration') return byName({ of: left.name, name: right.name }, value, path);
  const member = declared.body.members.find(({ id }: Type) => id.name === right.name);
  const only = literalOf(member?.initializer);
  return value === only ? [] : [`${path}: ${JSON.stringify(value)} is not ${JSON.stringify(only)}`];
}

function literalOf(initializer: Type): unknown {
  return initializer.type === 'UnaryExpression' ? -initializer.argument.value : initializer.value;
}

/** What a package of the SDK declares, by name. */
function declarationsOf(of: string): ReadonlyMap<string, Type> {
  const known = modules.get(of);
  if (known) return known;
  const folder = fileURLToPath(new URL('.', import.meta.resolve(`@grafana/grafana-foundation-sdk/${of}`)));
  const file = join(folder, 'types.gen.d.ts');
  const { program, errors } = parseSync(file, readFileSync(file, 'utf8'));
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`);
  const declared = new Map<string, Type>();
  for (const statement of program.body as readonly Node[] as readonly Type[]) {
    const { declaration } = statement;
    if (declaration?.id?.name) declared.set(declaration.id.name, declaration);
  }
  modules.set(of, declared);
  return declared;
}
