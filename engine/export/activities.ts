/**
 * The modules of a project that name what its flow calls: src/activities/index.ts and src/activities/connections.ts.
 */
import type { Connection } from '../flow/connections/connection';
import type { HttpAuth } from '../flow/connections/http';
import { activityOf, type FrozenOperation } from '../flow/connections/operation';
import type { OwnSources } from '../flow/connections/own-code';
import { documentation } from '../compiler/emit/print';
import { asCode } from '../flow/values/text';
import { addressVariable, quoted } from './environment';
import { exportedOperation, exportedService, type ExportedOperation } from './kinds';

/** Activities of the product: the file, the function in it. */
const OWN: Readonly<Record<string, readonly [file: string, name: string]>> = {
  'http.request': ['http-request', 'httpRequest'],
  'human.open': ['human', 'openTask'],
  'human.ask': ['human', 'askTask'],
  'human.close': ['human', 'closeTask'],
  log: ['log', 'log'],
};

/** In the place of 'http.request', if a request of the flow is a form. */
const FORM_REQUEST = ['form-request', 'formRequest'] as const;

/**
 * `called`: every activity type that the flow can call. `sendsForms`: a step that describes its request itself sends a
 * form. `unwritten`: activities for which there is no code.
 */
export function activitiesOf(
  called: ReadonlySet<string>,
  operations: readonly FrozenOperation[],
  connections: readonly Connection[],
  ownSources: OwnSources,
  { sendsForms = false }: { sendsForms?: boolean } = {}
): { index: string; files: Record<string, string>; unwritten: string[] } {
  const known = new Map(connections.map((each) => [each.name, each]));
  const exported = operations.map((operation): [FrozenOperation, ExportedOperation] => {
    const connection = known.get(operation.connection);
    if (!connection) throw new Error(`'${activityOf(operation)}' is exported without its connection`);
    return [operation, exportedOperation(operation, connection, ownSources)];
  });
  const own = Object.entries(OWN)
    .filter(([type]) => called.has(type))
    .map(([type, usual]) => ({ type, from: type === 'http.request' && sendsForms ? FORM_REQUEST : usual }));
  const written = new Set([...own.map(({ type }) => type), ...operations.map(activityOf)]);
  const unwritten = [...called].filter((type) => !written.has(type)).sort();

  const imported = new Map<string, Set<string>>();
  const from = (file: string, name: string) => imported.set(file, (imported.get(file) ?? new Set()).add(name));
  for (const each of own) from(...each.from);
  for (const [, { name }] of exported) from(name, name);
  if (unwritten.length > 0) from('unwritten', 'unwritten');

  const entries = [
    ...own.map(({ type, from: [, name] }) => `${quoted(type)}: ${name},`),
    ...exported.map(
      ([operation, { name, arguments: given }]) =>
        `${documentation([operation.title])}\n  ${quoted(activityOf(operation))}: ${name}(${given.join(', ')}),`
    ),
    ...unwritten.map((type) => `${quoted(type)}: unwritten(${quoted(type)}),`),
  ];
  const imports = [...imported]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([file, names]) => `import { ${[...names].sort().join(', ')} } from './${file}';`);
  return {
    index: `/** What the worker runs, by activity type. */
${imports.join('\n')}

export const activities = {
${entries.map((entry) => `  ${entry}`).join('\n')}
};
`,
    files: Object.assign({}, ...exported.map(([, { files = {} }]) => files)) as Record<string, string>,
    unwritten,
  };
}

/** Function and file of each way to authenticate. */
const AUTH: Readonly<Record<Exclude<HttpAuth['kind'], 'none'>, string>> = {
  bearer: 'bearer',
  basic: 'basic',
  apiKey: 'api-key',
  oauth2: 'oauth2',
  hmac: 'hmac',
};

/** `named`: the connections that steps name which describe their requests themselves. */
export function connectionsOf(named: Iterable<string>, connections: readonly Connection[]): string {
  const services = new Map([
    ...[...named].map((name) => [name, { headers: {}, auth: { kind: 'none' as const } }] as const),
    ...connections.flatMap((connection) => {
      const service = exportedService(connection);
      return service === null ? [] : [[connection.name, service] as const];
    }),
  ]);
  const imports = new Set<string>();
  const entries = [...services]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, { headers, auth }]) => {
      const fields = [`address: ${quoted(addressVariable(name))}`];
      if (Object.keys(headers).length > 0) fields.push(`headers: ${asCode(lowerCase(headers))}`);
      if (auth.kind !== 'none') {
        const { kind, ...settings } = auth;
        imports.add(`import { ${kind} } from './auth/${AUTH[kind]}';\n`);
        fields.push(`authenticate: ${kind}(${asCode(settings)})`);
      }
      return `  ${quoted(name)}: { ${fields.join(', ')} },`;
    });
  return `/** The services that this flow calls. Addresses and secrets are in the environment, under these names. */
${[...imports].sort().join('')}import { failure, notSent } from './call';

export interface Unsigned {
  method: string;
  url: URL;
  headers: Record<string, string>;
  /** '' for no body. */
  body: string;
}
/** Puts other credentials into the request after the service refused the first. False: there are no others. */
export type Renew = () => Promise<boolean>;
/** Adds headers or parameters to a request. */
export type Authenticate = (request: Unsigned) => undefined | Promise<Renew>;

export interface Connection {
  /** A variable of the environment. */
  address: string;
  headers?: Record<string, string>;
  authenticate?: Authenticate;
}

const CONNECTIONS: Record<string, Connection> = {
${entries.join('\n')}
};

export function connectionOf(name: string): Connection {
  const known = CONNECTIONS[name];
  if (known) return known;
  throw notSent(failure('InvalidRequest', true, \`There is no connection '\${name}'.\`));
}
`;
}

const lowerCase = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
