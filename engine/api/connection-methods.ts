/** The methods of `backstitch.v1` for connections and operations. */
import { status, type handleUnaryCall } from '@grpc/grpc-js';
import { Missing, type Connections } from '../connections/connections';
import type { Stored } from '../connections/connection-table';
import { chosenOf } from '../flow/catalogue-parts';
import type { Problem } from '../flow/connections/problem';
import type { Caller } from '../permissions/caller';
import type { Operation as Permitted } from '../permissions/permissions';
import { parseJson } from './json-field';
import { Refusal } from './refusal';
import type {
  ArchiveConnectionRequest,
  ArchiveOperationRequest,
  CallReportMessage,
  FieldProblemMessage,
  GetCatalogueRequest,
  GetCatalogueResponse,
  ListConnectionsRequest,
  ListConnectionsResponse,
  PutConnectionRequest,
  PutConnectionResponse,
  PutOperationsRequest,
  PutOperationsResponse,
  SendOnceRequest,
  StoredMessage,
  TestConnectionRequest,
} from './messages';

const CONNECTION_BYTES = 100_000;
const OPERATION_BYTES = 200_000;
const INPUT_BYTES = 1_000_000;
const MOST_AT_ONCE = 300;

export interface ConnectionMethodsOptions {
  connections: Connections;
  unary: <Request, Response>(
    method: string,
    operation: Permitted,
    perform: (request: Request, caller: Caller) => Promise<Response>
  ) => handleUnaryCall<Request, Response>;
  actingFor(caller: Caller, named: string): string;
  /** Throws unless the caller may do it for everything: a connection belongs to no flow. */
  demand(caller: Caller, operation: Permitted, flow: null): void;
}

export function connectionMethods({ connections, unary, actingFor, demand }: ConnectionMethodsOptions) {
  /** For all flows: a role for one flow does not cover what all flows use. */
  const method = <Request, Response>(
    name: string,
    operation: Permitted,
    perform: (request: Request, caller: Caller) => Promise<Response>
  ) =>
    unary<Request, Response>(name, operation, async (request, caller) => {
      demand(caller, operation, null);
      return perform(request, caller).catch(missing);
    });
  return {
    ListConnections: unary<ListConnectionsRequest, ListConnectionsResponse>(
      'ListConnections',
      'connections.list',
      async ({ name }) => {
        const [all, operations, uses] = await Promise.all([
          connections.list(),
          connections.operationsOf(name || null),
          name ? connections.usesOf(name) : [],
        ]);
        const found = name ? all.filter(({ connection }) => connection.name === name) : all;
        const counts: Record<string, number> = {};
        for (const { operation, archivedMs } of operations)
          if (archivedMs === null) counts[operation.connection] = (counts[operation.connection] ?? 0) + 1;
        return {
          connections: found.map((each) => storedMessage(each.connection, each)),
          operations: name ? operations.map((each) => storedMessage(each.operation, each)) : [],
          environment: [...connections.environment].map(([entry, url]) => ({ name: entry, address: url.href })),
          counts,
          uses,
          folderJson: found.some(({ connection }) => connection.kind === 'code')
            ? JSON.stringify(connections.folder)
            : '',
        };
      }
    ),
    PutConnection: method<PutConnectionRequest, PutConnectionResponse>(
      'PutConnection',
      'connections.put',
      async ({ definitionJson, base, changedBy }, caller) => {
        const definition = parseJson('definition_json', definitionJson, CONNECTION_BYTES);
        const put = await connections.put(definition, base, actingFor(caller, changedBy));
        return {
          connection: put.kind === 'stored' ? storedMessage(put.stored.connection, put.stored) : null,
          problems: put.kind === 'invalid' ? put.problems.map(problemMessage) : [],
          changedMeanwhile: put.kind === 'changedMeanwhile',
        };
      }
    ),
    ArchiveConnection: method<ArchiveConnectionRequest, object>(
      'ArchiveConnection',
      'connections.archive',
      async ({ name, archived, changedBy }, caller) => {
        await connections.archive(name, archived, actingFor(caller, changedBy));
        return {};
      }
    ),
    PutOperations: method<PutOperationsRequest, PutOperationsResponse>(
      'PutOperations',
      'operations.put',
      async ({ connection, operations, changedBy }, caller) => {
        if (operations.length > MOST_AT_ONCE)
          throw new Refusal(status.INVALID_ARGUMENT, `operations: at most ${MOST_AT_ONCE} at once`);
        const list = operations.map(({ definitionJson, base }, index) => ({
          definition: parseJson(`operations[${index}].definition_json`, definitionJson, OPERATION_BYTES),
          base,
        }));
        const put = await connections.putOperations(connection, list, actingFor(caller, changedBy));
        return {
          operations: put.kind === 'stored' ? put.stored.map((each) => storedMessage(each.operation, each)) : [],
          problems: put.kind === 'invalid' ? put.problems.map(problemMessage) : [],
          changedMeanwhile: put.kind === 'changedMeanwhile' ? put.names : [],
        };
      }
    ),
    ArchiveOperation: method<ArchiveOperationRequest, object>(
      'ArchiveOperation',
      'operations.archive',
      async ({ connection, name, archived, changedBy }, caller) => {
        await connections.archiveOperation({ connection, name }, archived, actingFor(caller, changedBy));
        return {};
      }
    ),
    TestConnection: method<TestConnectionRequest, CallReportMessage>(
      'TestConnection',
      'connections.test',
      async ({ name }) => ({ reportJson: JSON.stringify(await connections.test(name)), problems: [] })
    ),
    SendOnce: method<SendOnceRequest, CallReportMessage>(
      'SendOnce',
      'operations.sendOnce',
      async ({ operationJson, inputJson }) => {
        const operation = parseJson('operation_json', operationJson, OPERATION_BYTES);
        const report = await connections.sendOnce(operation, parseJson('input_json', inputJson, INPUT_BYTES));
        return 'problems' in report
          ? { reportJson: '', problems: report.problems.map(problemMessage) }
          : { reportJson: JSON.stringify(report), problems: [] };
      }
    ),
    GetCatalogue: unary<GetCatalogueRequest, GetCatalogueResponse>(
      'GetCatalogue',
      'catalogue.get',
      async ({ names, brief }) => {
        const all = await connections.catalogue();
        const isWhole = names.length === 0 && !brief;
        return { catalogueJson: JSON.stringify(isWhole ? all : chosenOf(all, { names, brief })) };
      }
    ),
  };
}

function missing(error: unknown): never {
  throw error instanceof Missing ? new Refusal(status.NOT_FOUND, error.message) : error;
}

function storedMessage(definition: object, stored: Stored): StoredMessage {
  const { revision, createdBy, createdMs, changedBy, changedMs, archivedBy, archivedMs } = stored;
  return {
    definitionJson: JSON.stringify(definition),
    revision,
    createdBy,
    createdMs: Math.round(createdMs),
    changedBy,
    changedMs: Math.round(changedMs),
    archivedBy: archivedBy ?? '',
    archivedMs: Math.round(archivedMs ?? 0),
  };
}

const problemMessage = ({ path, message }: Problem): FieldProblemMessage => ({
  pathJson: JSON.stringify(path),
  message,
});
