import { posix } from 'node:path';
import { type Node, parseSync } from 'oxc-parser';

/** Source files by path from the repository's root. */
export type Files = Readonly<Record<string, string>>;

/** One place where a file names another module: a value or a type, static or dynamic, imported or exported again. */
export interface Import {
  readonly file: string;
  readonly line: number;
  /** A path from the repository's root for a file of ours, else what the code says, such as `node:fs` or `zod/v4`. */
  readonly target: string;
  readonly kind: 'file' | 'builtin' | 'package' | 'computed';
}

/** A place in a file. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

/** What one file imports, where it reads the environment of its process, and where it opens connections without any import. */
export interface ParsedFile {
  readonly imports: readonly Import[];
  readonly environmentReads: readonly Place[];
  readonly globalClients: readonly (Place & { readonly name: string })[];
}

/** @throws Error where the text is no TypeScript, as a file that cannot be read would otherwise seem to import nothing */
export function parseFile(file: string, text: string): ParsedFile {
  const { program, errors } = parseSync(file, text);
  if (errors[0]) throw new Error(`${file}: ${errors[0].message}`);
  const imports: Import[] = [];
  const environmentReads: Place[] = [];
  const globalClients: (Place & { name: string })[] = [];
  walk(program, (node) => {
    const line = () => text.slice(0, node.start).split('\n').length;
    const source = importedBy(node);
    if (source !== undefined) {
      const found = resolve(file, source);
      imports.push({ file, line: line(), ...found });
      if (/^(node:)?process$/.test(found.target)) environmentReads.push({ file, line: line() });
    }
    if (readsEnvironment(node)) environmentReads.push({ file, line: line() });
    for (const name of globalClientsIn(node)) globalClients.push({ file, line: line(), name });
  });
  return { imports, environmentReads, globalClients };
}

const clientNames = new Set(['fetch', 'WebSocket', 'EventSource', 'XMLHttpRequest']);

/**
 * `fetch(...)`, `new WebSocket(...)`, `const get = fetch`, `globalThis.fetch`, `const { fetch } = globalThis`: each child that names such a global as a
 * value. A key, a member of something else or a type is none.
 */
function globalClientsIn(node: Node): string[] {
  if (node.type.startsWith('TS') && !/^TS(As|Satisfies|NonNull|Instantiation|TypeAssertion)/.test(node.type)) return [];
  if (node.type === 'MemberExpression') {
    const name = isGlobal(node.object) && (node.computed ? textOf(node.property) : keyOf(node.property));
    const computed = node.computed ? [node.property] : [];
    return [...(name ? [name] : []), ...[node.object, ...computed].flatMap(identifier)].filter(isClient);
  }
  if (node.type === 'VariableDeclarator' && node.id.type === 'ObjectPattern' && node.init && isGlobal(node.init)) {
    return node.id.properties
      .flatMap((each) => (each.type === 'Property' ? (keyOf(each.key) ?? []) : []))
      .filter(isClient);
  }
  if (node.type === 'Property')
    return (node.computed ? [node.key, node.value] : [node.value]).flatMap(identifier).filter(isClient);
  if (/^(Import|Export)\w*Specifier$|^(MethodDefinition|PropertyDefinition)$/.test(node.type)) {
    return node.type === 'PropertyDefinition' && node.value ? identifier(node.value).filter(isClient) : [];
  }
  return Object.values(node)
    .flat()
    .flatMap((child) => (typeof child?.type === 'string' ? identifier(child) : []))
    .filter(isClient);
}

function identifier(node: Node): string[] {
  return node.type === 'Identifier' ? [node.name] : [];
}

function isClient(name: string): boolean {
  return clientNames.has(name);
}

function isGlobal(node: Node): boolean {
  return node.type === 'Identifier' && (node.name === 'globalThis' || node.name === 'global');
}

/** The expression that names a module, where this node imports one. */
function importedBy(node: Node): Node | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
    case 'ImportExpression':
    case 'TSImportType':
      return node.source;
    case 'ExportNamedDeclaration':
      return node.source ?? undefined;
    case 'TSExternalModuleReference':
      return node.expression;
    case 'CallExpression':
      return node.callee.type === 'Identifier' && node.callee.name === 'require' ? node.arguments[0] : undefined;
    default:
      return undefined;
  }
}

function resolve(file: string, source: Node): Pick<Import, 'target' | 'kind'> {
  const specifier = textOf(source);
  // What the running program puts together may be anything; only a fixed folder can be judged.
  if (specifier === undefined || /^[^/]*\*/.test(specifier)) return { target: 'a computed path', kind: 'computed' };
  if (/^\.{0,2}\//.test(specifier)) return { target: posix.join(posix.dirname(file), specifier), kind: 'file' };
  return { target: specifier, kind: specifier.startsWith('node:') ? 'builtin' : 'package' };
}

/** A string as it is; a template with `*` for each part that is computed. */
function textOf(node: Node): string | undefined {
  if (node.type === 'Literal' && typeof node.value === 'string') return node.value;
  if (node.type === 'TemplateLiteral') return node.quasis.map((part) => part.value.cooked ?? '').join('*');
  return undefined;
}

/** `process.env`, `process['env']`, `globalThis.process.env` or `const { env } = process`. */
function readsEnvironment(node: Node): boolean {
  if (node.type === 'MemberExpression') return keyOf(node.property) === 'env' && isProcess(node.object);
  if (node.type !== 'VariableDeclarator' || node.id.type !== 'ObjectPattern' || !node.init || !isProcess(node.init))
    return false;
  return node.id.properties.some((each) => each.type === 'RestElement' || keyOf(each.key) === 'env');
}

function isProcess(node: Node): boolean {
  if (node.type === 'Identifier') return node.name === 'process';
  return node.type === 'MemberExpression' && keyOf(node.property) === 'process';
}

function keyOf(node: Node): string | undefined {
  return node.type === 'Identifier' ? node.name : textOf(node);
}

function walk(node: Node, visit: (node: Node) => void): void {
  visit(node);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child?.type === 'string') walk(child, visit);
    }
  }
}

/** Circles of imports: for each group of files that reach one another, one way round, from its first file by name. */
export function cyclesOf(imports: readonly Import[]): string[][] {
  const edges = new Map<string, string[]>();
  for (const { file, target, kind } of imports) {
    if (kind === 'file') edges.set(file, [...(edges.get(file) ?? []), target]);
  }
  const cycles: string[][] = [];
  const reported = new Set<string>();
  for (const file of [...edges.keys()].sort()) {
    if (reported.has(file)) continue;
    const cycle = wayBack(file, edges);
    if (!cycle) continue;
    for (const each of cycle) reported.add(each);
    cycles.push(cycle);
  }
  return cycles;
}

/** The shortest way along the edges from a file to itself. */
function wayBack(start: string, edges: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const seen = new Set<string>();
  let ways: string[][] = [[start]];
  while (ways.length > 0) {
    const longer: string[][] = [];
    for (const way of ways) {
      for (const next of edges.get(way.at(-1) ?? start) ?? []) {
        if (next === start) return [...way, start];
        if (!seen.has(next)) longer.push([...way, next]);
        seen.add(next);
      }
    }
    ways = longer;
  }
  return undefined;
}
