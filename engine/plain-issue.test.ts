/** [PI1] Every issue of a field is a sentence that names what to do, and none has words of the library. */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { wordsOfIssue } from './plain-issue';

test.each<[z.ZodType, unknown, string]>([
  [z.enum(['body', 'full']), 'status', "It must be 'body' or 'full'."],
  [z.string().min(1), '', 'Fill this in.'],
  [z.string().min(1), undefined, 'This is missing.'],
  [z.string().max(2_000), 'x'.repeat(2_001), 'At most 2,000 characters.'],
  [z.string(), 5, 'It must be a text.'],
  [z.int().min(10), 5, 'At least 10.'],
  [z.int().positive(), 0, 'More than 0.'],
  [z.number().lt(1), 1, 'Less than 1.'],
  [z.int().max(65_535), 70_000, 'At most 65,535.'],
  [z.int(), '5', 'It must be a number.'],
  [z.array(z.string()).min(1), [], 'At least 1 entry.'],
  [
    z.discriminatedUnion('a', [z.object({ a: z.literal('x') }), z.object({ a: z.literal('y') })]),
    {},
    "It must be 'x' or 'y'.",
  ],
  [z.union([z.string(), z.array(z.string())]), 5, 'This value cannot be used here.'],
  [z.strictObject({}), { a: 1 }, "There is no field 'a' here."],
  [z.string().regex(/^a$/), 'b', 'It has a form that cannot be used here.'],
  [z.string().regex(/^a$/, 'an address such as a@b.c'), 'b', 'An address such as a@b.c.'],
])('[PI1] %#', (schema, value, words) => {
  const [issue] = schema.safeParse(value).error!.issues;
  expect(wordsOfIssue(issue!)).toBe(words);
});
