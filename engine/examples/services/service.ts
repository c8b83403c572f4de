/**
 * An example service as data: its effects, what can be asked of it, and the faults that a scenario switches on. The
 * server (server.ts) and the operations of its connection (connection.ts) are both made from this.
 */
import type { Fault } from '../books/effect';
import type { JsonSchema } from '../../flow/json-schema';

export type Request = Readonly<Record<string, unknown>>;

/** Fields of an object; all of them are required, but those in `optional`. */
export interface Fields {
  properties: Readonly<Record<string, JsonSchema>>;
  optional?: readonly string[];
}

interface Call {
  /** The operation: 'holdAmount'. */
  name: string;
  title: string;
  /** Below the service: 'holds'. */
  path: string;
  input: Fields;
  output: Fields;
}

export interface ServiceEffect extends Call {
  /** `id`: the same for the same key, such as 'H-1B2C3D4E5F'. */
  answer(request: Request, id: string): Record<string, unknown>;
  /** Of the ids that it gives. */
  prefix: string;
  /** Without it the effect cannot be undone. */
  undo?: { name: string; title: string; armed: 'completed' | 'attempted' };
  /** 'Find out whether it happened'. */
  lookup: { name: string; title: string };
}

export interface ServiceQuestion extends Call {
  /** No longer offered as an operation. Flows that were published before call it as ever. */
  retired?: true;
  /** `attempt` counts how often this was asked for the same reference, from 1. */
  answer(request: Request, attempt: number): Record<string, unknown>;
}

export interface FaultRule {
  /** The name of an effect or of a question. */
  of: string;
  call: 'do' | 'undo';
  fault: Fault;
  /** Only the first attempts with each key; absent: all of them. */
  attempts?: number;
  /** Only for requests with these values. */
  where?: Request;
}

export interface Service {
  /** In its address and in the name of its connection: 'bank'. */
  name: string;
  title: string;
  /** Called as tools over the Model Context Protocol (tools.ts), and not over HTTP. */
  tools?: true;
  effects: readonly ServiceEffect[];
  questions: readonly ServiceQuestion[];
  /** What goes wrong, by the name of the scenario. */
  scenarios: Readonly<Record<string, readonly FaultRule[]>>;
}

/** The business case under which a service books: every call has it. */
export const REFERENCE = 'reference';

/** As it is stored: 'bank.holdAmount'. */
export const kindOf = ({ name }: Pick<Service, 'name'>, effect: Pick<ServiceEffect, 'name'>): string =>
  `${name}.${effect.name}`;

/** Where each operation is, below the service. */
export function pathsOf({ effects, questions }: Service): ReadonlyMap<string, string> {
  return new Map([
    ...questions.map(({ name, path }) => [name, path] as const),
    ...effects.flatMap(({ name, path, undo, lookup }) => [
      [name, path] as const,
      ...(undo ? [[undo.name, `${path}/undo`] as const] : []),
      [lookup.name, `${path}/settle`] as const,
    ]),
  ]);
}

export function schemaOf({ properties, optional = [] }: Fields): JsonSchema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', required, properties: { ...properties }, additionalProperties: false };
}

/** The input of an effect or of a question. */
export function inputOf({ scenarios }: Service, { input }: Pick<Call, 'input'>): JsonSchema {
  return schemaOf({
    properties: { ...COMMON, scenario: { ...SCENARIO, enum: Object.keys(scenarios) }, ...input.properties },
    optional: ['scenario', ...(input.optional ?? [])],
  });
}

const COMMON: Record<string, JsonSchema> = {
  [REFERENCE]: {
    type: 'string',
    title: 'Reference',
    description: 'What the service books it under.',
    minLength: 1,
    maxLength: 200,
  },
};
const SCENARIO: JsonSchema = {
  type: 'string',
  title: 'What goes wrong',
  description: 'The fault that the service plays for this reference.',
};
/** The input of an undo and of a look-up. */
export const REFERENCE_INPUT: JsonSchema = schemaOf({ properties: COMMON });

/** What happens to an attempt of a request. */
export function faultOf(
  { scenarios }: Service,
  { of, call, attempt, request }: { of: string; call: FaultRule['call']; attempt: number; request: Request | null }
): Fault {
  const rules = scenarios[String(request?.scenario ?? '')] ?? [];
  const rule = rules.find(
    (each) =>
      each.of === of &&
      each.call === call &&
      attempt <= (each.attempts ?? Infinity) &&
      Object.entries(each.where ?? {}).every(([field, value]) => request?.[field] === value)
  );
  return rule?.fault ?? { kind: 'none' };
}
