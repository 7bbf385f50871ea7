import { readdirSync, readFileSync } from 'node:fs';
import { type Node, parseSync } from 'oxc-parser';
import { root } from './repository.ts';

/** An object of a schema, as the running program knows it. */
export interface ObjectShape {
  readonly keys: readonly string[];
  /** Those without which it is refused. */
  readonly required: readonly string[];
  /** The keys that have one value only, such as `kind: 'cpu'`. */
  readonly literals: Readonly<Record<string, string>>;
}

/** A function that writes an object, such as `cpu(...)`. */
export interface Writer {
  readonly name: string;
  readonly doc: string | undefined;
}

/** What is written where the schema of an object is, which no running program can see. */
export interface ObjectSource {
  /** The JSDoc of a key. */
  docOf(key: string): string | undefined;
  /** The JSDoc of the constant that a key's schema is made from. */
  docOfConstant(key: string): string | undefined;
  /** The files in which the schemas of what is inside a key may be. */
  filesOf(key: string): readonly string[];
  /** The functions that write such an object, by the key that tells its kind, for one key of another object. */
  writers(discriminator: string, key: string): readonly Writer[];
}

interface Key {
  readonly doc: string | undefined;
  readonly value: Node;
}

interface SourceFile {
  readonly constants: ReadonlyMap<string, { readonly doc: string | undefined; readonly value: Node }>;
  /** The file that a name is imported from. */
  readonly imports: ReadonlyMap<string, string>;
  readonly objects: readonly ReadonlyMap<string, Key>[];
  readonly writers: readonly (Writer & {
    /** The keys that the function itself writes, with their texts. */
    readonly returns: Readonly<Record<string, string | undefined>>;
    /** Whether what it is given stands beside them. */
    readonly spreads: boolean;
    /** The texts in the types of its parameters: the kind or the key whose options it takes. */
    readonly options: readonly string[];
  })[];
}

/**
 * Reads all files of `src/model`.
 *
 * @returns finds the schema of an object in the first of some files that has it
 * @throws Error where none has it, or one has it twice with other comments
 */
export function readDeclarationSource(): (shape: ObjectShape, files: readonly string[]) => ObjectSource {
  const folder = `${root}src/model/`;
  const names = readdirSync(folder).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  const sources = new Map(names.map((name) => [name, parse(name, readFileSync(folder + name, 'utf8'))]));
  const sourceOf = (name: string) => {
    const found = sources.get(name);
    if (!found) throw new Error(`src/model/${name} is no file`);
    return found;
  };

  return (shape, files) => {
    const fitting = files.map((file) => ({
      file,
      objects: sourceOf(file).objects.filter((object) => isObjectOf(shape, object)),
    }));
    const found = fitting.find(({ objects }) => objects.length > 0);
    const [object, ...twins] = found?.objects ?? [];
    // Two with the same comments, such as `pods.extend({ port })` written twice, say the same.
    const isTwice = twins.some((twin) => shape.keys.some((key) => twin.get(key)?.doc !== object?.get(key)?.doc));
    if (!found || !object || isTwice)
      throw new Error(
        `${isTwice ? 'more than one object' : 'no object'} with the keys ${shape.keys.join(', ')} is in src/model/${found?.file ?? files.join(', ')}`,
      );
    const { file } = found;
    const { constants, imports, writers } = sourceOf(file);
    return {
      docOf: (key) => object.get(key)?.doc,
      docOfConstant(key) {
        const name = stemOf(object.get(key)?.value);
        if (name === undefined) return undefined;
        const from = imports.get(name);
        return (from === undefined ? constants : sourceOf(from).constants).get(name)?.doc;
      },
      filesOf: (key) => [...importedBy(object.get(key)?.value, sourceOf(file), sourceOf), file],
      writers: (discriminator, key) =>
        writers.filter(
          ({ returns, spreads, options }) =>
            returns[discriminator] === shape.literals[discriminator] &&
            Object.keys(returns).every((each) => shape.keys.includes(each)) &&
            (spreads || shape.required.every((each) => each in returns)) &&
            options.every((text) => text === key || text === shape.literals[discriminator]),
        ),
    };
  };
}

function isObjectOf({ keys, literals }: ObjectShape, object: ReadonlyMap<string, Key>): boolean {
  return (
    keys.length === object.size &&
    keys.every((key) => object.has(key)) &&
    Object.entries(literals).every(([key, text]) => zodLiteral(object.get(key)?.value) === text)
  );
}

/** The files of what a value is made from, by way of constants beside it and in those files. */
function importedBy(
  value: Node | undefined,
  source: SourceFile,
  sourceOf: (file: string) => SourceFile,
  seen = new Set<string>(),
): string[] {
  return find(value ? [value] : [], 'Identifier').flatMap(({ name }) => {
    if (seen.has(name)) return [];
    const from = source.imports.get(name);
    const home = from === undefined ? source : sourceOf(from);
    const further = importedBy(home.constants.get(name)?.value, home, sourceOf, seen.add(name));
    return from === undefined ? further : [from, ...further];
  });
}

function parse(name: string, text: string): SourceFile {
  const { program, comments, errors } = parseSync(name, text);
  if (errors[0]) throw new Error(`src/model/${name}: ${errors[0].message}`);
  const docBefore = ({ start }: { start: number }) => {
    const comment = comments.findLast((each) => each.end <= start);
    if (!comment?.value.startsWith('*') || text.slice(comment.end, start).trim() !== '') return undefined;
    return comment.value.replaceAll(/^[ \t]*\*[ \t]?/gm, '').trim();
  };
  const constants = new Map<string, { doc: string | undefined; value: Node }>();
  const imports = new Map<string, string>();
  const writers: SourceFile['writers'][number][] = [];
  for (const statement of program.body) {
    if (statement.type === 'ImportDeclaration' && statement.source.value.startsWith('./')) {
      for (const { local } of statement.specifiers) imports.set(local.name, statement.source.value.slice(2));
    }
    const declared = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    const doc = docBefore(statement);
    if (declared?.type === 'VariableDeclaration') {
      for (const { id, init } of declared.declarations)
        if (id.type === 'Identifier' && init) constants.set(id.name, { doc, value: init });
    }
    if (declared?.type === 'FunctionDeclaration' && declared.id) {
      const [returned] = find(declared.body ? [declared.body] : [], 'ReturnStatement').map((each) => each.argument);
      if (returned?.type !== 'ObjectExpression') continue;
      const returns = Object.fromEntries(
        returned.properties.flatMap((each) =>
          each.type === 'Property' && each.key.type === 'Identifier' ? [[each.key.name, textOf(each.value)]] : [],
        ),
      );
      const spreads = returned.properties.some((each) => each.type === 'SpreadElement');
      const options = find(declared.params, 'TSLiteralType').flatMap(({ literal }) => textOf(literal) ?? []);
      writers.push({ name: declared.id.name, doc, returns, spreads, options });
    }
  }

  /** The keys of an object, with those that are spread into it. */
  function keysOf(node: Node | undefined): [string, Key][] {
    if (node?.type === 'Identifier') return keysOf(constants.get(node.name)?.value);
    if (node?.type === 'CallExpression') return schemaKeys(node) ?? [];
    if (node?.type !== 'ObjectExpression') return [];
    return node.properties.flatMap((each): [string, Key][] => {
      if (each.type === 'SpreadElement') return keysOf(each.argument);
      if (each.key.type !== 'Identifier') return [];
      return [[each.key.name, { doc: docBefore(each), value: each.value as Node }]];
    });
  }

  /** The keys of `strict({ ... })` and of `base.extend({ ... })`. */
  function schemaKeys({ callee, arguments: [given] }: Extract<Node, { type: 'CallExpression' }>) {
    if (callee.type === 'Identifier' && callee.name === 'strict') return keysOf(given);
    const extendsOther =
      callee.type === 'MemberExpression' && callee.property.type === 'Identifier' && callee.property.name === 'extend';
    return extendsOther ? [...keysOf(callee.object), ...keysOf(given)] : undefined;
  }

  const objects = find([program], 'CallExpression').flatMap((call) => {
    const keys = schemaKeys(call);
    return keys ? [new Map(keys)] : [];
  });
  return { constants, imports, objects, writers };
}

/** `lifecycle` of `lifecycle.prefault({})`. */
function stemOf(node: Node | undefined): string | undefined {
  if (node?.type === 'Identifier') return node.name;
  return node?.type === 'CallExpression' && node.callee.type === 'MemberExpression'
    ? stemOf(node.callee.object)
    : undefined;
}

/** The text of `'cpu'` and of `'cpu' as const`. */
function textOf(node: Node): string | undefined {
  if (node.type === 'TSAsExpression') return textOf(node.expression);
  return node.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined;
}

/** The text of `z.literal('cpu')`. */
function zodLiteral(node: Node | undefined): string | undefined {
  return node?.type === 'CallExpression' && node.arguments[0] && stemOf(node) === 'z'
    ? textOf(node.arguments[0])
    : undefined;
}

/** All nodes of a type, in the order in which they stand. */
function find<Type extends Node['type']>(nodes: readonly Node[], type: Type): Extract<Node, { type: Type }>[] {
  return nodes.flatMap((node) => [
    ...(node.type === type ? [node as Extract<Node, { type: Type }>] : []),
    ...find(
      Object.values(node)
        .flat()
        .filter((child): child is Node => typeof child?.type === 'string'),
      type,
    ),
  ]);
}
