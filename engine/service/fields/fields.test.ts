/**
 * The table of the fields of all answered requests, compared with the protobuf definitions.
 *
 * [RQF1] Every field of every answered request is in the table, and the table names no other field.
 * [RQF2] A request that sets a refused field is rejected, and the message names the field. One that does not set it is
 *        accepted.
 * [RQF3] Every ignored field names the file of the Temporal server that ignores it.
 * [RQF4] A value of an enum that is not known is rejected.
 */
import { status } from '@grpc/grpc-js';
import type { Type } from 'protobufjs';
import { expect, it } from 'vitest';
import { ANSWERED_METHODS } from '../workflow-service';
import { demandKnownFields } from './door';
import { isFate, type Fields } from './fate';
import { enumOf, isSet, messageTypeOf, protocolName, requestTypeOf } from './reflect';
import { ALWAYS_REJECTED, REQUESTS } from './table';
import { entries, type Entry } from './testing/entries';
import { sampleOf, withField } from './testing/samples';

/** What differs between a message and its part of the table. */
function differences(type: Type, fields: Fields, at: string): string[] {
  const names = type.fieldsArray.map(({ name }) => name);
  const extra = Object.keys(fields).filter((name) => !names.includes(name));
  return [
    ...extra.map((name) => `${at}.${name} is in the table, but not in the protocol`),
    ...type.fieldsArray.flatMap((field) => {
      const entry = fields[field.name];
      const here = `${at}.${field.name}`;
      const inner = messageTypeOf(field);
      if (!entry) return [`${here} has no fate`];
      if (!isFate(entry)) return inner ? differences(inner, entry, here) : [`${here} has no fields`];
      const isDivisible = inner && !LEAVES.has(inner.fullName);
      return entry.fate === 'honoured' && isDivisible ? [`${here} is honoured: each of its fields needs a fate`] : [];
    }),
  ];
}

/** Messages that are one value. */
const LEAVES = new Set([
  '.google.protobuf.Duration',
  '.google.protobuf.Timestamp',
  '.temporal.api.common.v1.Header',
  '.temporal.api.common.v1.Payloads',
  '.temporal.api.common.v1.SearchAttributes',
]);

it('[RQF1] the table has every field of every answered request, and no other', () => {
  expect([...Object.keys(REQUESTS), ...ALWAYS_REJECTED].sort()).toEqual([...ANSWERED_METHODS].sort());
  expect(
    Object.entries(REQUESTS).flatMap(([method, fields]) => differences(requestTypeOf(method), fields, method))
  ).toEqual([]);
});

const named = (some: Entry[]) => some.map((entry) => [entry.name, entry] as const);
const refusedEntries = named(entries.filter(({ fate }) => fate.fate === 'refused'));
it.each(refusedEntries)('[RQF2] %s is refused by name', (_name, { method, path, fate }) => {
  if (fate.fate !== 'refused') throw new Error('not refused');
  const last = path.at(-1)!;
  const sample = sampleOf(last);
  expect(isSet(last, sample)).toBe(true);
  const name = protocolName(path.map(({ name }) => name));
  const refusal = expect.objectContaining({
    code: status[fate.code],
    message: expect.stringMatching(new RegExp(`^${name.replaceAll('.', '\\.')}: `)) as string,
  }) as Error;
  // As it comes from the wire, and as a caller in the same process writes it.
  const type = requestTypeOf(method);
  const asRead = (request: object) => type.decode(type.encode(type.fromObject(request)).finish());
  const written = withField(path, sample);
  expect(() => demandKnownFields(method, asRead(written))).toThrow(refusal);
  expect(() => demandKnownFields(method, written)).toThrow(refusal);
  // What does not set it is accepted: a message that was read has defaults for members of a oneof, too.
  const around = path.length > 1 ? withField(path.slice(0, -1), path.at(-2)?.repeated ? [{}] : {}) : {};
  expect(() => demandKnownFields(method, asRead(around))).not.toThrow();
});

it('[RQF3] ignored fields name a file of the Temporal server', () => {
  for (const { fate } of entries) if (fate.fate === 'ignored') expect(fate.source).toMatch(/^[a-z_/]+\.go$/);
});

const isKept = ({ fate }: Entry) => fate.fate === 'honoured' || fate.fate === 'stored';
const enums = named(entries.filter((entry) => enumOf(entry.path.at(-1)!) && isKept(entry)));
it.each(enums)('[RQF4] %s with an unknown value is refused', (_name, { method, path }) => {
  const last = path.at(-1)!;
  const valued = (...values: number[]) => (last.map ? { ...values } : last.repeated ? values : values.at(-1));
  const unknown = withField(path, valued(1, 99));
  const refusal = { code: status.INVALID_ARGUMENT, message: expect.stringContaining('99') as string };
  expect(() => demandKnownFields(method, unknown)).toThrow(expect.objectContaining(refusal) as Error);
  expect(() => demandKnownFields(method, withField(path, valued(1)))).not.toThrow();
});
