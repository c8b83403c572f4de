/** Random schemas of the subset that flows use, usable and not, and random values. */
import fc from 'fast-check';
import type { JsonSchema } from '../../document';

const TYPES = ['object', 'array', 'string', 'number', 'integer', 'boolean', 'null'] as const;
const NAMES = ['a', 'b', 'a/b', 'toString', 'constructor'] as const;
const PATTERNS = ['^a+$', '(a|b)*c', '[', '(?=a)', '^\\d{3}$'] as const;
const scalar = fc.oneof(fc.constantFrom('a', 'b', 'abc', ''), fc.integer({ min: -3, max: 3 }), fc.boolean());
const limit = fc.integer({ min: -1, max: 4 });
const name = fc.constantFrom(...NAMES);

export const anySchema = (): fc.Arbitrary<JsonSchema> =>
  fc.letrec<{ schema: JsonSchema }>((tie) => ({
    schema: fc.record(
      {
        type: fc.constantFrom(...TYPES),
        properties: fc.dictionary(name, tie('schema'), { maxKeys: 3 }),
        required: fc.array(name, { maxLength: 2 }),
        items: tie('schema'),
        enum: fc.array(scalar, { maxLength: 3 }),
        const: fc.oneof(scalar, fc.constant(null)),
        minimum: limit,
        maximum: limit,
        minLength: limit,
        maxLength: limit,
        minItems: limit,
        maxItems: limit,
        pattern: fc.constantFrom(...PATTERNS),
        format: fc.constantFrom('date', 'email', 'money', 'nonsense'),
        additionalProperties: fc.oneof(fc.boolean(), tie('schema')),
      },
      { requiredKeys: [] }
    ),
  })).schema;

export const anyValue = (): fc.Arbitrary<unknown> =>
  fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      scalar,
      fc.constantFrom(null, 1.5, 'ada@example.com', '2026-11-28', 'é😀'),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(name, tie('value'), { maxKeys: 4 })
    ),
  })).value;
