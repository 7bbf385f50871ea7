import { z } from 'zod';
import {
  check,
  contractSchema,
  DeclarationError,
  environmentSchema,
  serviceSchema,
  systemSchema,
} from '../model/index.ts';
import { type ObjectShape, type ObjectSource, readDeclarationSource } from './declaration-source.ts';
import { effects as allEffects } from './reference-effects.ts';

const declarations = [
  { root: 'contract', define: 'defineContract', schema: contractSchema },
  { root: 'service', define: 'defineService', schema: serviceSchema },
  { root: 'system', define: 'defineSystem', schema: systemSchema },
  { root: 'environment', define: 'defineEnvironment', schema: environmentSchema },
];

const head = `<!-- Written by \`npm run reference\` from src/model/ and src/tools/reference-effects.ts: change those, not this file. -->

# Declarations

Every key that a declaration may have. A key without a default must be written. \`[]\` stands for each entry of a list, \`*\` for each name in an object.

A key that is not listed is a mistake. Limits between keys are checked too, by \`across(...)\` in the file that each part names.
`;

/** A value in the schema, without what is wrapped around it. */
interface Unwrapped {
  readonly schema: z.core.$ZodType;
  readonly isOptional: boolean;
  /** Under `value`, as a default may be undefined. */
  readonly byDefault?: { readonly value: unknown };
}

interface Row {
  readonly key: string;
  readonly allowed: string;
  readonly byDefault: string;
  readonly says: string;
}

interface Section {
  readonly title: string;
  readonly lines: readonly string[];
  readonly rows: readonly Row[];
}

/**
 * The reference of all declarations, as Markdown.
 *
 * @param effects what keys lead to, by path. @default - those of `reference-effects.ts`
 * @param find finds what is written beside a schema. @default - reads `src/model`
 * @throws Error where the effects name a key that is none, or a comment another default than the schema
 */
export function referencePage(
  effects: Readonly<Record<string, string>> = allEffects,
  find: ReturnType<typeof readDeclarationSource> = readDeclarationSource(),
): string {
  const titles = new Map<z.core.$ZodType, string>();
  /** An option that stands in two unions has one section. */
  const linesOfOptions = new Map<z.core.$ZodType, string>();
  const sections: Section[] = [];
  const unused = new Set(Object.keys(effects));

  const link = (title: string, text = 'an object') => `[${text}](#${slug(title)})`;

  /**
   * What may stand there; what has keys of its own gets a section of its own, once.
   *
   * @param files where its schema may be written
   */
  function allowed(schema: z.core.$ZodType, path: string, files: readonly string[]): string {
    const { schema: inner } = unwrap(schema);
    if (inner instanceof z.ZodObject) return link(objectSection(inner, path, files));
    if (inner instanceof z.ZodDiscriminatedUnion) return link(unionSection(inner, path, files), 'one of these');
    if (inner instanceof z.ZodUnion && inner.options.some(isObject))
      return inner.options.map((option, index) => allowed(option, `${path} (${index + 1})`, files)).join(' or ');
    if (inner instanceof z.ZodArray) return `a list${leastOf(inner)} of: ${allowed(inner.element, `${path}[]`, files)}`;
    if (inner instanceof z.ZodRecord)
      return `by name${namesOf(inner)}: ${allowed(inner.valueType, `${path}.*`, files)}`;
    return inTable(wordsOf(inner));
  }

  function objectSection(
    schema: z.ZodObject,
    path: string,
    files: readonly string[],
    lines: readonly string[] = [],
    discriminator?: string,
  ): string {
    const known = titles.get(schema);
    if (known) return known;
    titles.set(schema, path);
    const rows: Row[] = [];
    sections.push({ title: path, lines, rows });
    const source = find(shapeOf(schema), files);
    for (const [key, value] of Object.entries(schema.shape)) {
      if (key !== discriminator) rows.push(rowOf(source, key, value, `${path}.${key}`));
    }
    return path;
  }

  function unionSection(schema: z.ZodDiscriminatedUnion, path: string, files: readonly string[]): string {
    const known = titles.get(schema);
    if (known) return known;
    titles.set(schema, path);
    const { discriminator } = schema.def;
    const lines: string[] = [];
    sections.push({ title: path, lines, rows: [] });
    for (const option of schema.options.filter((each) => each instanceof z.ZodObject)) {
      const before = linesOfOptions.get(option);
      if (before) {
        lines.push(before);
        continue;
      }
      const shape = shapeOf(option);
      const kind = shape.literals[discriminator] ?? '';
      const title = `${path} ${kind}`;
      const writers = find(shape, files).writers(discriminator, path.slice(path.lastIndexOf('.') + 1));
      const written = writers.map(({ name }) => `\`${name}(...)\``).join(' or ') || `\`${discriminator}: '${kind}'\``;
      const says = writers.map(({ doc }) => (doc ? textOf(doc) : '')).join(' ');
      const hasKeys = shape.keys.length > 1;
      const line = `- ${hasKeys ? link(title, written) : written}${says && `: ${says}`}`;
      lines.push(line);
      linesOfOptions.set(option, line);
      if (hasKeys) objectSection(option, title, files, [`Written as ${written}.`], discriminator);
    }
    return path;
  }

  function rowOf(source: ObjectSource, key: string, schema: z.core.$ZodType, path: string): Row {
    const unwrapped = unwrap(schema);
    const doc = source.docOf(key) ?? (hasKeys(unwrapped.schema) ? source.docOfConstant(key) : undefined) ?? '';
    unused.delete(path);
    return {
      key,
      allowed: allowed(schema, path, source.filesOf(key)),
      byDefault: defaultOf(unwrapped, doc, path),
      says: [textOf(doc), effects[path] ?? ''].filter((text) => text !== '').join(' '),
    };
  }

  const parts = declarations.map(({ root, define, schema }) => {
    sections.length = 0;
    objectSection(schema, root, [`${root}.ts`]);
    const [first, ...rest] = sections.map(({ title, lines, rows }, index) => {
      const heading = index === 0 ? `## ${define}` : `### \`${title}\``;
      const about = index === 0 ? [`[src/model/${root}.ts](../../src/model/${root}.ts)`] : lines;
      return [heading, ...(about.length > 0 ? [about.join('\n')] : []), ...(rows.length > 0 ? [table(rows)] : [])].join(
        '\n\n',
      );
    });
    return [first, ...rest].join('\n\n');
  });
  if (unused.size > 0)
    throw new Error(
      `src/tools/reference-effects.ts: got ${[...unused].join(', ')}; allowed: keys of declarations; fix: rename or delete them`,
    );
  return `${[head, ...parts].join('\n')}\n`.replaceAll('\n## ', '\n\n## ').replaceAll(/\n{3,}/g, '\n\n');
}

function unwrap(schema: z.core.$ZodType): Unwrapped {
  if (schema instanceof z.ZodOptional) return { ...unwrap(schema.def.innerType), isOptional: true };
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return { ...unwrap(schema.def.innerType), byDefault: { value: schema.def.defaultValue } };
  if (schema instanceof z.ZodReadonly) return unwrap(schema.def.innerType);
  // What is only given another type stays whole, as limits may be checked after it.
  if (schema instanceof z.ZodPipe && !(schema.def.out instanceof z.ZodTransform)) return unwrap(schema.def.out);
  return { schema, isOptional: false };
}

function isObject(schema: z.core.$ZodType): boolean {
  return unwrap(schema).schema instanceof z.ZodObject;
}

function hasKeys(schema: z.core.$ZodType): boolean {
  return schema instanceof z.ZodObject || schema instanceof z.ZodDiscriminatedUnion;
}

function shapeOf(schema: z.ZodObject): ObjectShape {
  const literals = Object.entries(schema.shape).flatMap(([key, value]) =>
    value instanceof z.ZodLiteral ? [[key, String(value.value)]] : [],
  );
  const required = Object.entries(schema.shape).filter(([, value]) => isRequired(unwrap(value)));
  return {
    keys: Object.keys(schema.shape),
    required: required.map(([key]) => key),
    literals: Object.fromEntries(literals),
  };
}

function isRequired({ isOptional, byDefault }: Unwrapped): boolean {
  return !isOptional && !byDefault;
}

/** Each is refused by some schema: by all for its type, and by those with limits for being past them. */
const refused = [Symbol('of another type'), '99999d', '99999Gi', '99999', 'of another form'];

/** What the schema itself says is allowed, in the words of its error messages. */
function wordsOf(schema: z.core.$ZodType): string {
  const words = refused.flatMap((value) => {
    try {
      check(schema as z.ZodType, value, 'x');
      return [];
    } catch (error) {
      if (!(error instanceof DeclarationError)) throw error;
      return error.problems.map((problem) => problem.allowed);
    }
  });
  const distinct = [...new Set(words)];
  return distinct.filter((each) => !distinct.some((other) => other !== each && other.startsWith(each))).join('; ');
}

function leastOf(schema: z.ZodArray): string {
  return schema.safeParse([]).success ? '' : ', not empty,';
}

/** What the names may be, where not every text will do. */
function namesOf({ keyType }: z.ZodRecord): string {
  return keyType instanceof z.ZodString ? '' : ` (${inTable(wordsOf(keyType))})`;
}

function defaultOf({ byDefault, isOptional }: Unwrapped, doc: string, path: string): string {
  const said = /@default\s+([^@]*)/.exec(doc)?.[1]?.replaceAll(/\s+/g, ' ').trim();
  if (said?.startsWith('- ')) return inTable(said.slice(2));
  if (!byDefault) {
    if (said !== undefined) throw new Error(`${path}: its comment says @default ${said}, and its schema has none`);
    return isOptional ? 'none' : '';
  }
  const value = JSON.stringify(byDefault.value).replaceAll('"', "'");
  if (said !== undefined && said !== value)
    throw new Error(`${path}: its comment says @default ${said}, and its schema ${value}`);
  return value === '{}' ? 'those of its keys' : `\`${value}\``;
}

/** A comment as one line, without its tags. */
function textOf(doc: string): string {
  return inTable(
    doc
      .replace(/(^|\s)@[\s\S]*$/, '')
      .replaceAll(/\s+/g, ' ')
      .trim(),
  );
}

/** In a table a bar would begin a new column, and `<name>` an element of HTML. */
function inTable(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith('`') ? part : part.replaceAll('<', '&lt;').replaceAll(/([*_])/g, '\\$1')))
    .join('')
    .replaceAll('|', '\\|');
}

function table(rows: readonly Row[]): string {
  const lines = rows.map((row) => `| \`${row.key}\` | ${row.allowed} | ${row.byDefault} | ${row.says} |`);
  return ['| key | allowed | default | what it is and does |', '| --- | --- | --- | --- |', ...lines].join('\n');
}

/** The anchor that GitHub gives a heading. */
function slug(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}
