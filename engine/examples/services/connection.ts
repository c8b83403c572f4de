/** An example service as a connection with operations, as the palette of the designer offers them. */
import type { Connection } from '../../flow/connections/connection';
import type { Operation } from '../../flow/connections/operation';
import type { JsonSchema } from '../../flow/json-schema';
import { inputOf, REFERENCE, REFERENCE_INPUT, schemaOf, type Service } from './service';

/** The name of the address of all example services in BACKSTITCH_CONNECTIONS. */
export const EXAMPLES_ADDRESS = 'examples';

export interface Connected {
  connection: Connection;
  operations: readonly Operation[];
}

export const connectionName = ({ name }: Pick<Service, 'name'>): string => `example-${name}`;

export function connectionOf(service: Service): Connected {
  const { name, title, effects, questions } = service;
  const connection = connectionName(service);
  const made = (
    parts: Pick<Operation, 'name' | 'title' | 'input' | 'output' | 'effect'> & Partial<Operation>,
    path: string
  ) =>
    ({
      connection,
      description: '',
      call: {
        kind: 'http',
        method: 'POST',
        path: `/${name}/${path}`,
        query: {},
        headers: {},
        body: 'rest',
        answer: 'body',
        idempotencyHeader: 'Idempotency-Key',
      },
      options: {},
      ...parts,
    }) satisfies Operation;
  const same = { [REFERENCE]: { $expr: `input.${REFERENCE}` } };
  const operations = effects.flatMap((effect): Operation[] => {
    const { undo, lookup, path } = effect;
    const output = schemaOf(effect.output);
    return [
      made(
        {
          name: effect.name,
          title: effect.title,
          input: inputOf(service, effect),
          output,
          effect: undo ? 'reversible' : 'irreversible',
          // The service refuses a key that was undone or settled before, so no call takes effect later.
          lateCalls: 'refused',
          lookup: { operation: lookup.name, input: same },
          ...(undo ? { undo: { operation: undo.name, input: same, armed: undo.armed } } : {}),
        },
        path
      ),
      ...(undo
        ? [
            made(
              { name: undo.name, title: undo.title, input: REFERENCE_INPUT, output: {}, effect: 'irreversible' },
              `${path}/undo`
            ),
          ]
        : []),
      made(
        { name: lookup.name, title: lookup.title, input: REFERENCE_INPUT, output: foundOf(output), effect: 'none' },
        `${path}/settle`
      ),
    ];
  });
  return {
    connection: {
      name: connection,
      title,
      kind: 'http',
      settings: {
        address: { environment: EXAMPLES_ADDRESS },
        headers: {},
        auth: { kind: 'none' },
        testPath: `/${name}/health`,
      },
      allow: [],
      options: {
        startToCloseTimeout: '2s',
        retry: { maximumAttempts: 4, initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '30s' },
      },
    },
    operations: [
      ...questions
        .filter(({ retired }) => !retired)
        .map((question) =>
          made(
            {
              name: question.name,
              title: question.title,
              input: inputOf(service, question),
              output: schemaOf(question.output),
              effect: 'none',
            },
            question.path
          )
        ),
      ...operations,
    ],
  };
}

const foundOf = (output: JsonSchema): JsonSchema => ({
  type: 'object',
  required: ['applied'],
  properties: { applied: { type: 'boolean' }, output },
});
