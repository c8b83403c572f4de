/** An example service as a connection with operations, as the palette of the designer offers them. */
import type { Connection } from '../../flow/connections/connection';
import type { Operation } from '../../flow/connections/operation';
import type { JsonSchema } from '../../flow/json-schema';
import { inputOf, pathsOf, REFERENCE, REFERENCE_INPUT, schemaOf, type Service } from './service';

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
  const paths = pathsOf(service);
  const made = (
    parts: Pick<Operation, 'name' | 'title' | 'input' | 'output' | 'effect'> &
      Partial<Pick<Operation, 'lateCalls' | 'lookup' | 'undo'>>
  ): Operation => ({
    connection,
    description: '',
    call: service.tools
      ? { kind: 'mcp', tool: parts.name, arguments: 'rest', answer: 'data' }
      : {
          kind: 'http',
          method: 'POST',
          path: `/${name}/${paths.get(parts.name)}`,
          query: {},
          headers: {},
          body: 'rest',
          answer: 'body',
          idempotencyHeader: 'Idempotency-Key',
        },
    options: {},
    ...parts,
  });
  const address = { environment: EXAMPLES_ADDRESS };
  const same = { [REFERENCE]: { $expr: `input.${REFERENCE}` } };
  const operations = effects.flatMap((effect): Operation[] => {
    const { undo, lookup } = effect;
    const output = schemaOf(effect.output);
    return [
      made({
        name: effect.name,
        title: effect.title,
        input: inputOf(service, effect),
        output,
        effect: undo ? 'reversible' : 'irreversible',
        // The service refuses a key that was undone or settled before, so no call takes effect later.
        lateCalls: 'refused',
        lookup: { operation: lookup.name, input: same },
        ...(undo ? { undo: { operation: undo.name, input: same, armed: undo.armed } } : {}),
      }),
      ...(undo
        ? [made({ name: undo.name, title: undo.title, input: REFERENCE_INPUT, output: {}, effect: 'irreversible' })]
        : []),
      made({ name: lookup.name, title: lookup.title, input: REFERENCE_INPUT, output: foundOf(output), effect: 'none' }),
    ];
  });
  return {
    connection: {
      name: connection,
      title,
      ...(service.tools
        ? { kind: 'mcp', settings: { address, auth: { kind: 'none' } } }
        : { kind: 'http', settings: { address, headers: {}, auth: { kind: 'none' }, testPath: `/${name}/health` } }),
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
          made({
            name: question.name,
            title: question.title,
            input: inputOf(service, question),
            output: schemaOf(question.output),
            effect: 'none',
          })
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
