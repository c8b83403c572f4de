/**
 * What is particular to a kind of connection and to its operations. Each kind is one file here, one line in table.ts,
 * one folder under engine/activities and one file under components/connections/kinds. Everything else (schemas,
 * checks, the catalogue, lists, the audit trail, 'Send once') asks the table.
 */
import type { z } from 'zod';
import type { Effect } from '../../activity-options';
import type { JsonSchema } from '../../json-schema';
import type { Report } from '../problem';

/** What an operation declares, beside its call. */
export interface Definition {
  input: JsonSchema;
  output: JsonSchema;
}

export interface KindFacts<Settings = unknown, Call = unknown> {
  /** 'PostgreSQL' */
  words: string;
  settings: z.ZodType<Settings>;
  /** An object with `kind`. */
  call: z.ZodType<Call>;
  /** Where it leads, in one line. Never a secret. */
  address(settings: Settings): string;
  /** How it authenticates, in a few words. */
  login(settings: Settings): string;
  /** What a call does, in one line: { verb: 'POST', text: '/payments' }. */
  line(call: Call): { verb: string; text: string };
  /** The fields of the input that the call uses: 'order.id'. A field can be named more than once. */
  fields(call: Call): string[];
  /** Reports what the schema of the call does not find. */
  check(call: Call, definition: Definition, settings: Settings, report: Report): void;
  /** The schema of the output of a step. `declared`: the output of the operation. */
  output(call: Call, declared: JsonSchema): JsonSchema;
  /** True if a call without an effect changes nothing at the service: 'Send once' then asks nobody. */
  onlyReads(call: Call): boolean;
  /** The only effects that an operation of this kind can have; absent: all. */
  effects?: readonly Effect[];
  /** True if connection and operations are read from a folder of the operator, so that people cannot edit them. */
  fromFolder?: true;
}

/** { applied, output? }: what a look-up answers. */
export const lookedUp = (output: JsonSchema): JsonSchema => ({
  type: 'object',
  required: ['applied'],
  properties: { applied: { type: 'boolean' }, output },
});

/** Reports placeholders that name no field of the input. */
export const unknownField = (field: string): string => `The input has no field '${field}'.`;
