import fc from 'fast-check';

/** As much of a JSON schema as the documents of the kit use. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

/** What programs tend to trip over. */
const nasty = fc.constantFrom<unknown>(
  ...['', ' ', '\0', 'a\0b', '\u202e', '\ud800', '%', '%00', '../../etc/passwd', "' or 1=1 --", '{{7*7}}'],
  ...['__proto__', 'constructor', 'null', 'undefined', 'NaN', '1e400', '-0', '٣', 'İ', 'x'.repeat(5_000)],
  ...[null, true, false, 0, -1, 1.5, 1e21, -1e21, 2 ** 53, 2 ** 63],
  ...[[], {}, [[]], { a: { b: [] } }, [null], { length: 1e9 }],
);

/** Values that a schema admits for the most part, and now and then what it does not. @param known values of which many are good, such as ids of what is there */
export function valuesOf(schema: JsonSchema, known: readonly unknown[]): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 8, arbitrary: admitted(schema, known) },
    { weight: 1, arbitrary: nasty },
    { weight: 1, arbitrary: fc.jsonValue() },
  );
}

function admitted(schema: JsonSchema, known: readonly unknown[]): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const options = schema.anyOf ?? schema.allOf;
  if (options) return fc.oneof(...options.map((option) => valuesOf(option, known)));
  switch ([schema.type].flat()[0]) {
    case 'string':
      return texts(schema, known);
    case 'integer':
    case 'number':
      return fc.oneof(
        fc.integer({
          min: Math.max(schema.minimum ?? -100, -(2 ** 31)),
          max: Math.min(schema.maximum ?? 1_000, 2 ** 31 - 1),
        }),
        fc.maxSafeInteger(),
      );
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(valuesOf(schema.items ?? {}, known), {
        minLength: 0,
        maxLength: Math.min(schema.maxItems ?? 5, 12),
      });
    case 'object':
      return objects(schema, known);
    default:
      return fc.jsonValue();
  }
}

function texts(
  { format, pattern, minLength = 0, maxLength = 60 }: JsonSchema,
  known: readonly unknown[],
): fc.Arbitrary<unknown> {
  const ours = known.length > 0 ? [fc.constantFrom(...known)] : [];
  if (format === 'uuid') return fc.oneof(fc.uuid(), ...ours);
  if (format === 'email') return fc.emailAddress();
  if (format === 'date-time') return fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
  const most = Math.min(Math.max(maxLength, minLength), 3_000);
  return fc.oneof(
    ...ours,
    fc.string({ unit: 'binary', minLength: Math.min(minLength, most), maxLength: most }),
    ...(pattern ? [fc.stringMatching(new RegExp(pattern)).filter((text) => text.length < 3_000)] : []),
  );
}

function objects({ properties = {}, required = [] }: JsonSchema, known: readonly unknown[]): fc.Arbitrary<unknown> {
  const parts = Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, valuesOf(schema, known)]));
  return fc.oneof(
    { weight: 9, arbitrary: fc.record(parts, { requiredKeys: required.filter((name) => name in parts) }) },
    { weight: 1, arbitrary: fc.record(parts, { requiredKeys: [] }) },
  );
}
