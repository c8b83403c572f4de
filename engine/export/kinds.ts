/**
 * What the project of a flow contains for an operation, by the kind of its connection. A new kind of connection is one
 * more entry here, and one more file in template/src/activities.
 */
import { documentation } from '../compiler/emit/print';
import { isStrict, plainSchema, withoutKeywords } from '../activities/model/schema';
import type { Connection, ConnectionOf } from '../flow/connections/connection';
import { secretsOf } from '../flow/connections/connection';
import type { HttpAuth } from '../flow/connections/http';
import type { CallOf, Kind } from '../flow/connections/kinds/table';
import type { FrozenOf, FrozenOperation } from '../flow/connections/operation';
import type { OwnSources } from '../flow/connections/own-code';
import { prepared } from '../flow/connections/sql';
import { durationMs } from '../flow/duration';
import type { JsonSchema } from '../flow/json-schema';
import { asCode } from '../flow/values/text';
import { addressVariable, quoted, secretVariable, tokenVariable, type Variable } from './environment';

/** A function of template/src/activities, called with what is known of the operation. */
export interface ExportedOperation {
  /** Of its file and of the function in it. */
  name: string;
  /** Code. */
  arguments: string[];
  /** More files of the project, by path. */
  files?: Record<string, string>;
}
/** An entry of CONNECTIONS: a service over HTTP with the way to authenticate there. */
export interface ExportedService {
  headers: Readonly<Record<string, string>>;
  auth: HttpAuth;
}

interface ExportedKind<K extends Kind> {
  operation(operation: FrozenOf<K>, connection: ConnectionOf<K>, ownSources: OwnSources): ExportedOperation;
  /** Null: its operations do not need CONNECTIONS. */
  service(connection: ConnectionOf<K>): ExportedService | null;
  variables(connection: ConnectionOf<K>): Variable[];
}

const data = (value: unknown): string => asCode(value);
/** What an answer is checked against, without what people read; undefined if everything is allowed. */
function checked(schema: JsonSchema): JsonSchema | undefined {
  const plain = withoutKeywords(plainSchema(schema), (keyword) => ['title', 'description', 'format'].includes(keyword));
  return Object.keys(plain).length > 0 ? plain : undefined;
}
/** The call without its kind, which is the name of the function. */
const bare = <C extends { kind: unknown }>({ kind: _, ...call }: C): Omit<C, 'kind'> => call;

const address = ({ name }: Connection): Variable => ({
  name: addressVariable(name),
  what: `The address of the connection '${name}'`,
});
const url = ({ name }: Connection, form: string): Variable => ({
  name: addressVariable(name),
  what: `The connection '${name}': \`${form}\``,
});
const secrets = (connection: Connection): Variable[] =>
  secretsOf(connection).map((name) => ({ name: secretVariable(name), what: `The value of the secret '${name}'` }));
/** The addresses and secrets in it are variables. */
const exportedAuth = (name: string, auth: HttpAuth): HttpAuth => {
  if (auth.kind === 'none') return auth;
  const own = { ...auth, secret: secretVariable(auth.secret) };
  return own.kind === 'oauth2' ? { ...own, tokenUrl: tokenVariable(name) } : own;
};
const ofService = (connection: Connection): Variable[] => {
  const { name, settings } = connection;
  const tokens = { name: tokenVariable(name), what: `The address that gives access tokens for '${name}'` };
  return [
    address(connection),
    ...('auth' in settings && settings.auth.kind === 'oauth2' ? [tokens] : []),
    ...secrets(connection),
  ];
};

/** Without what is usual. */
function usual({ query, headers, body, answer, idempotencyHeader, ...call }: Omit<CallOf<'http'>, 'kind'>): object {
  const isUsualKey = idempotencyHeader === '' || idempotencyHeader.toLowerCase() === 'idempotency-key';
  return {
    ...call,
    ...(Object.keys(query).length > 0 ? { query } : {}),
    ...(Object.keys(headers).length > 0 ? { headers } : {}),
    ...(body === 'rest' ? {} : { body }),
    ...(answer === 'body' ? {} : { answer }),
    ...(isUsualKey ? {} : { idempotencyHeader }),
  };
}

const KINDS: { readonly [K in Kind]: ExportedKind<K> } = {
  http: {
    operation: ({ connection, call, output }) => ({
      name: call.encoding ? 'form' : 'operation',
      arguments: [data({ connection, ...usual(bare(call)), output: checked(output) })],
    }),
    service: ({ name, settings: { headers, auth } }) => ({ headers, auth: exportedAuth(name, auth) }),
    variables: ofService,
  },
  model: {
    operation: ({ connection, name, call, output }, { settings }) => {
      const schema = plainSchema(output);
      const format = { name, schema, strict: isStrict(schema) };
      const asked = call.answer === 'json' ? { format, output: checked(output) } : {};
      const { answer: _, ...more } = bare(call);
      return { name: 'model', arguments: [data({ connection, limitField: settings.limitField, ...more, ...asked })] };
    },
    service: ({ name, settings: { auth } }) => ({ headers: {}, auth: exportedAuth(name, auth) }),
    variables: ofService,
  },
  mcp: {
    operation: ({ connection, call, output }) => ({
      name: 'tool',
      arguments: [data({ connection, ...bare(call), ...(call.answer === 'data' ? { output: checked(output) } : {}) })],
    }),
    service: ({ name, settings: { auth } }) => ({ headers: {}, auth: exportedAuth(name, auth) }),
    variables: ofService,
  },
  webhook: {
    operation: ({ call }, connection) => ({
      name: 'webhook',
      arguments: [
        data({
          address: addressVariable(connection.name),
          secrets: secretsOf(connection).map(secretVariable),
          ...bare(call),
        }),
      ],
    }),
    service: () => null,
    variables: ofService,
  },
  sql: {
    operation: ({ call, output, effect }, { name }) => {
      const { text, fields } = prepared(call.statement);
      const readOnly = effect === 'none';
      return {
        name: 'statement',
        arguments: [
          data({ url: addressVariable(name), text, fields, answer: call.answer, readOnly, row: checked(output) }),
        ],
      };
    },
    service: () => null,
    variables: (connection) => {
      const { tls } = connection.settings;
      return [
        url(connection, `postgres://user:password@host:5432/database${tls === 'verify' ? '?sslmode=verify-full' : ''}`),
      ];
    },
  },
  mail: {
    operation: ({ call }, { name, settings: { from } }) => {
      const { answer: _, ...mail } = bare(call);
      return { name: 'mail', arguments: [data({ url: addressVariable(name), from, ...mail })] };
    },
    service: () => null,
    variables: (connection) => {
      const { tls } = connection.settings;
      const form = {
        implicit: 'smtps://user:password@host:465',
        starttls: 'smtp://user:password@host:587?requireTLS=true',
        off: 'smtp://host:25?ignoreTLS=true',
      }[tls];
      return [url(connection, form)];
    },
  },
  redis: {
    operation: ({ call }, { name }) => {
      const { keysKeptFor, ...more } = bare(call);
      return {
        name: 'stream',
        arguments: [data({ url: addressVariable(name), ...more, keysKeptForMs: durationMs(keysKeptFor) })],
      };
    },
    service: () => null,
    variables: (connection) => [
      url(connection, `${connection.settings.tls === 'verify' ? 'rediss' : 'redis'}://user:password@host:6379/0`),
    ],
  },
  script: {
    operation: ({ connection, name, call, output, title }) => {
      const matching = checked(output);
      const path = `scripts/${connection}.${name}.js`;
      const code = `${documentation([title])}\nexport default async function (input) {\n${call.code}\n}\n`;
      return {
        name: 'script',
        arguments: [`() => import(${quoted(`../${path}`)})`, ...(matching === undefined ? [] : [data(matching)])],
        files: { [`src/${path}`]: code },
      };
    },
    service: () => null,
    variables: () => [],
  },
  code: {
    operation: ({ call: { function: name, keyField, forwardKeyField }, output }, _, ownSources) => {
      const source = ownSources[name];
      const path = `code/${source ? source.file : `${name}.ts`}`;
      const module = path.replace(/\.ts$/, '');
      return {
        name: 'own',
        arguments: [
          `() => import(${quoted(`../${module}`)})`,
          quoted(name),
          data({ keyField, forwardKeyField, output: checked(output) }),
        ],
        files: { [`src/${path}`]: source?.text ?? toCopy(name) },
      };
    },
    service: () => null,
    variables: () => [],
  },
};

/** In the place of a source that imports what the project does not have. */
const toCopy = (name: string): string => `import { failure, notSent } from '../activities/call';

/** Put your own function here: the source of '${name}' is not part of the project. */
export async function ${name}(_input: unknown): Promise<never> {
  throw notSent(failure('NotImplemented', true, 'not implemented: ${name} (src/code/${name}.ts)'));
}
`;

/** TypeScript does not connect a kind with its entry. */
const ofKind = (kind: Kind) => KINDS[kind] as unknown as ExportedKind<never>;

export const exportedOperation = (
  operation: FrozenOperation,
  connection: Connection,
  ownSources: OwnSources
): ExportedOperation => ofKind(operation.call.kind).operation(operation as never, connection as never, ownSources);
export const exportedService = (connection: Connection): ExportedService | null =>
  ofKind(connection.kind).service(connection as never);
export const exportedVariables = (connection: Connection): Variable[] =>
  ofKind(connection.kind).variables(connection as never);
