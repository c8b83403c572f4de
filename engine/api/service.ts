/**
 * The handlers of `backstitch.v1`: each one identifies the caller, reads the request, calls one operation, and
 * answers. They are added to the engine's gRPC server beside WorkflowService.
 */
import {
  status,
  type handleServerStreamingCall,
  type handleUnaryCall,
  Metadata,
  type ServiceDefinition,
  type ServerWritableStream,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { flowNameSchema } from '../flow/names';
import type { Catalogue } from '../flow/catalogue';
import type { Diagnostic } from '../flow/diagnostic';
import { HintStream } from './hint-stream';
import type {
  CompileRequest,
  CountEndedRequest,
  CountEndedResponse,
  CompileResponse,
  DescribeWorkersRequest,
  DescribeWorkersResponse,
  DiagnosticMessage,
  FindChangesRequest,
  GetVersionRequest,
  GetVersionResponse,
  HintMessage,
  ListAttentionRequest,
  ListAttentionResponse,
  ListBatchResultsRequest,
  ListBatchResultsResponse,
  ListChangesRequest,
  ListChangesResponse,
  ListSecretsResponse,
  ListVersionsRequest,
  ListVersionsResponse,
  PutSecretRequest,
  PutVersionRequest,
  PutVersionResponse,
  RunChangeMessage,
  KeepRunRequest,
  NextRemovalRequest,
  NextRemovalResponse,
  QueryAtRequest,
  QueryAtResponse,
  SettleEffectRequest,
  StartRunsBatchRequest,
  VersionMessage,
  WatchRequest,
} from './messages';
import type { CallsOfTree } from '../versions/calls-of-tree';
import type { Connections } from '../connections/connections';
import type { KeyTable } from '../keys/key-table';
import type { Caller } from '../permissions/caller';
import { flowsOf, may, mayAnywhere, mayForType, whyNot, type Operation } from '../permissions/permissions';
import type { SettledEffect } from '../history';
import type { AttentionGroup, AttentionQuery, ChangePage, ChangeQuery, EndedCell, EndedQuery } from '../store/port';
import type { ChangePosition, StoredChange } from '../visibility/change';
import type { Publisher } from '../versions/publish';
import type { VersionRegistry } from '../versions/registry';
import type { SecretStore } from '../secrets/secret-store';
import { compileMethod } from './compile-method';
import { connectionMethods } from './connection-methods';
import { parseJson } from './json-field';
import { gateMethods } from './gate-methods';
import { keyMethods } from './key-methods';
import { Refusal } from './refusal';
import type { Trials } from '../trial/trials';
import { retireMethod } from './retire-method';
import type { Gates } from '../versions/gate/gates';
import { trialMethod } from './trial-method';
import { backstitchDefinition } from './service-definition';
import { listVersions, readVersion, type VersionSummary } from '../versions/version-table';
import type pg from 'pg';

export interface CallContext {
  metadata: Metadata;
  /** The address of the peer, as grpc-js gives it. */
  peer: string;
}

export interface BackstitchServiceOptions {
  pool: pg.Pool;
  publisher: Publisher;
  registry: Pick<VersionRegistry, 'load'>;
  secrets: SecretStore;
  keys: KeyTable;
  connections: Connections;
  trials: Pick<Trials, 'play'>;
  /** For the code of drafts: not behind the trials, which may take a minute. */
  codes: Pick<Trials, 'play'>;
  gates: Pick<Gates, 'start' | 'report' | 'end' | 'goLive' | 'replay'>;
  /** The operations of a document, or of a published version, with their connections. */
  callsOf(document: unknown, workflowType: string | null): Promise<CallsOfTree>;
  /** The operations of connections that a document names, as they are now. */
  operationsFor(document: unknown): Promise<Catalogue>;
  /** Identifies the caller. Rejects with an error that has a gRPC `code`. */
  authenticate(call: CallContext): Promise<Caller>;
  /** Calls the listener when the key of the caller ends. Returns a function that removes the listener. */
  onEnd(caller: Caller, listener: () => void): () => void;
  /** Subscribes to the hints of the engine. Returns a function that ends the subscription. */
  watch(request: WatchRequest, listener: (hint: HintMessage) => void): () => void;
  /**
   * Stores for a closed run what a person found out about an effect, if the caller may settle runs of that type.
   * Rejects with an error that has a gRPC `code`.
   */
  settle(
    run: { namespace: string; workflowId: string; runId: string },
    effect: SettledEffect,
    mayFor: (workflowType: string) => boolean
  ): Promise<void>;
  /** A closed run is kept whatever its retention period is, or not any more. Rejects with an error that has a gRPC `code`. */
  keep(
    run: { namespace: string; workflowId: string; runId: string },
    isKept: boolean,
    mayFor: (workflowType: string) => boolean
  ): Promise<void>;
  /** The JSON that a run answered to a query after an event. Rejects with an error that has a gRPC `code`. */
  queryAt(
    run: { namespace: string; workflowId: string; runId: string },
    query: { eventId: number; queryType: string },
    mayFor: (workflowType: string) => boolean
  ): Promise<string>;
  /** The closed run of a flow that is removed next; null: none. Rejects with an error that has a gRPC `code`. */
  nextRemoval(namespace: string, flow: string): Promise<NextRemovalResponse | null>;
  /** The runs that need attention, by groups. Rejects with an error that has a gRPC `code`. */
  attention(query: AttentionQuery): Promise<AttentionGroup[]>;
  /** What ended, in cells of time. Rejects with an error that has a gRPC `code`. */
  countEnded(query: EndedQuery): Promise<EndedCell[]>;
  /** Of this process, and what waits in this namespace. */
  workers(namespace: string): Promise<DescribeWorkersResponse>;
  /** Both reject with an error that has a gRPC `code`. */
  batches: {
    start(request: StartRunsBatchRequest, caller: Caller): Promise<void>;
    results(request: ListBatchResultsRequest): Promise<ListBatchResultsResponse>;
  };
  /** The log of changes of runs. These two reject with an error that has a gRPC `code`. */
  changes(query: ChangeQuery): Promise<ChangePage>;
  /** Null: from now on. */
  changesSince(timeMs: number | null): Promise<ChangePosition>;
  onError?: (method: string, error: unknown) => void;
}

function denied(caller: Caller, operation: Operation, flow: string | null = null): Refusal {
  const why = whyNot(caller, operation, flow) ?? '';
  return new Refusal(
    status.PERMISSION_DENIED,
    `${operation} is refused for ${caller.name}: ${why.replace(/^Your/, 'its').replace('allow you', 'allow it')}`
  );
}
function demand(caller: Caller, operation: Operation, flow: string | null): void {
  if (!may(caller, operation, flow)) throw denied(caller, operation, flow);
}
/**
 * The person who is recorded: the person for whom one of our own processes acts, otherwise the caller. A field of the
 * request alone is not an identity.
 */
const actingFor = (caller: Caller, named: string): string =>
  named && may(caller, 'people.speakFor') ? named : caller.name;

/**
 * `error.code` is set for server errors and socket errors. A lost connection or a connection timeout has only a
 * message.
 */
function saidByDatabase(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return typeof (error as { code?: unknown }).code === 'string' || /connection|timeout/i.test(error.message);
}

const FOUND: readonly SettledEffect['found'][] = ['notApplied', 'undone', 'remains'];
const isFound = (text: string): text is SettledEffect['found'] => FOUND.some((each) => each === text);

const SECRET_NAME = /^[a-z][a-z0-9._-]{0,62}$/;
const SECRET_LIMIT_BYTES = 64 * 1024;
const DOCUMENT_LIMIT_BYTES = 2_000_000;
const NOTE_CHARACTERS = 2_000;
const MOST_CHANGES = 1_000;

export function backstitchService(options: BackstitchServiceOptions): {
  definition: ServiceDefinition;
  implementation: UntypedServiceImplementation;
} {
  const { pool, publisher, secrets } = options;

  const fail = (method: string, error: unknown): Refusal | (Error & { code: status }) => {
    if (error instanceof Error && typeof (error as { code?: unknown }).code === 'number') return error as Refusal;
    options.onError?.(method, error);
    return saidByDatabase(error)
      ? new Refusal(status.UNAVAILABLE, 'The versions cannot be read or written now. Try again.')
      : new Refusal(
          status.INTERNAL,
          'The engine failed because of an internal error. Its log has the details. Trying again will not help.'
        );
  };
  const unary =
    <Request, Response>(
      method: string,
      operation: Operation,
      perform: (request: Request, caller: Caller) => Promise<Response>
    ): handleUnaryCall<Request, Response> =>
    (call, answer) => {
      const work = async () => {
        const caller = await options.authenticate({ metadata: call.metadata, peer: call.getPeer() });
        if (!mayAnywhere(caller, operation)) throw denied(caller, operation);
        return perform(call.request, caller);
      };
      work().then(
        (response) => answer(null, response),
        (error: unknown) => answer(fail(method, error))
      );
    };

  const watch: handleServerStreamingCall<WatchRequest, HintMessage> = (call) => {
    // grpc-js takes the status of a stream in this form when a handler rejects or ends the stream.
    const end = (error: unknown) => call.emit('error', fail('Watch', error));
    const open = async () => {
      const caller = await options.authenticate({ metadata: call.metadata, peer: call.getPeer() });
      // A hint can name any run of the namespace, so the caller must be allowed to read all of them.
      demand(caller, 'runs.watch', null);
      if (!call.request.namespace) throw new Refusal(status.INVALID_ARGUMENT, 'namespace is empty');
      const stream = new HintStream(call as ServerWritableStream<WatchRequest, HintMessage>);
      const stops = [
        options.watch(call.request, (hint) => stream.push(hint)),
        options.onEnd(caller, () => end(new Refusal(status.UNAUTHENTICATED, 'This key was revoked or has expired.'))),
      ];
      const stop = () => stops.forEach((each) => each());
      call.once('cancelled', stop);
      call.once('close', stop);
      // After this message the reader misses no hint.
      call.sendMetadata(new Metadata());
    };
    open().catch(end);
  };

  return {
    definition: backstitchDefinition(),
    implementation: {
      PutVersion: unary<PutVersionRequest, PutVersionResponse>(
        'PutVersion',
        'flows.publish',
        async (request, caller) => {
          const document = parseJson('document_json', request.documentJson, DOCUMENT_LIMIT_BYTES);
          demand(caller, 'flows.publish', nameOf(document));
          const { version, again, diagnostics } = await publisher.publish(
            document,
            actingFor(caller, request.publishedBy),
            request.basePlusOne > 0 ? request.basePlusOne - 1 : null,
            request.note.slice(0, NOTE_CHARACTERS),
            request.baseRevision
          );
          return {
            version: version && versionMessage(version),
            manifestJson: version ? JSON.stringify(version.manifest) : '',
            again,
            diagnostics: diagnostics.map(diagnosticMessage),
          };
        }
      ),
      ListVersions: unary<ListVersionsRequest, ListVersionsResponse>(
        'ListVersions',
        'flows.list',
        async ({ flow }, caller) => {
          const versions = await listVersions(pool, flow ? flowName(flow) : null);
          const flows = flowsOf(caller, 'flows.list');
          return {
            versions: versions.filter((each) => flows === null || flows.includes(each.flow)).map(versionMessage),
          };
        }
      ),
      GetVersion: unary<GetVersionRequest, GetVersionResponse>('GetVersion', 'flows.get', async (request, caller) => {
        const { flow, version, revision } = request;
        demand(caller, 'flows.get', flowName(flow));
        const stored = await readVersion(pool, flow, version || null, revision || null);
        if (!stored) {
          const which = `${version ? ` version ${version}` : ''}${revision ? ` revision ${revision}` : ''}`;
          throw new Refusal(status.NOT_FOUND, `'${flow}'${which} is not published`);
        }
        return {
          version: versionMessage(stored),
          code: stored.code,
          manifestJson: JSON.stringify(stored.manifest),
          documentJson: JSON.stringify(stored.document),
        };
      }),
      PutSecret: unary<PutSecretRequest, object>('PutSecret', 'secrets.put', async (request, caller) => {
        const { name, value, changedBy } = request;
        demand(caller, 'secrets.put', null);
        if (!SECRET_NAME.test(name)) {
          throw new Refusal(
            status.INVALID_ARGUMENT,
            'name: small letters, digits, dots, dashes; starts with a letter; at most 63'
          );
        }
        if (value === '' || Buffer.byteLength(value) > SECRET_LIMIT_BYTES) {
          throw new Refusal(status.INVALID_ARGUMENT, 'value: 1 byte to 64 KiB');
        }
        await secrets.put(name, value, actingFor(caller, changedBy));
        return {};
      }),
      ListSecrets: unary<object, ListSecretsResponse>('ListSecrets', 'secrets.list', async () => ({
        names: await secrets.names(),
      })),
      SettleEffect: unary<SettleEffectRequest, object>('SettleEffect', 'runs.settle', async (request, caller) => {
        const { namespace, workflowId, runId, activityId, found } = request;
        if (!isFound(found)) throw new Refusal(status.INVALID_ARGUMENT, `found: one of ${FOUND.join(', ')}`);
        if (!runId) throw new Refusal(status.INVALID_ARGUMENT, 'run_id is empty');
        await options.settle({ namespace, workflowId, runId }, { activityId, found }, (workflowType) =>
          mayForType(caller, 'runs.settle', workflowType)
        );
        return {};
      }),
      KeepRun: unary<KeepRunRequest, object>('KeepRun', 'runs.keep', async (request, caller) => {
        const { namespace, workflowId, runId, isKept } = request;
        if (!runId) throw new Refusal(status.INVALID_ARGUMENT, 'run_id is empty');
        await options.keep({ namespace, workflowId, runId }, isKept, (workflowType) =>
          mayForType(caller, 'runs.keep', workflowType)
        );
        return {};
      }),
      QueryAt: unary<QueryAtRequest, QueryAtResponse>('QueryAt', 'runs.query', async (request, caller) => {
        const { namespace, workflowId, runId, ...query } = request;
        if (!runId) throw new Refusal(status.INVALID_ARGUMENT, 'run_id is empty');
        if (query.eventId < 1) throw new Refusal(status.INVALID_ARGUMENT, 'event_id is not above 0');
        if (query.queryType === '') throw new Refusal(status.INVALID_ARGUMENT, 'query_type is empty');
        const resultJson = await options.queryAt({ namespace, workflowId, runId }, query, (workflowType) =>
          mayForType(caller, 'runs.query', workflowType)
        );
        return { resultJson };
      }),
      NextRemoval: unary<NextRemovalRequest, NextRemovalResponse>(
        'NextRemoval',
        'runs.list',
        async ({ namespace, flow }, caller) => {
          demand(caller, 'runs.list', flow);
          if (!namespace) throw new Refusal(status.INVALID_ARGUMENT, 'namespace is empty');
          if (!flowNameSchema.safeParse(flow).success)
            throw new Refusal(status.INVALID_ARGUMENT, 'flow: is not the name of a flow');
          return (await options.nextRemoval(namespace, flow)) ?? { workflowId: '', runId: '', atMs: 0 };
        }
      ),
      CountEnded: unary<CountEndedRequest, CountEndedResponse>(
        'CountEnded',
        'runs.list',
        async ({ namespace, of, sinceMs, perMs, slowerThanMs }, caller) => {
          if (!namespace) throw new Refusal(status.INVALID_ARGUMENT, 'namespace is empty');
          if (of !== 'runs' && of !== 'steps') throw new Refusal(status.INVALID_ARGUMENT, 'of: is runs or steps');
          if (Math.min(sinceMs, perMs, slowerThanMs) < 0)
            throw new Refusal(status.INVALID_ARGUMENT, 'a time is negative');
          const cells = await options.countEnded({ namespace, of, sinceMs, perMs, slowerThanMs });
          return { cells: cells.filter(({ workflowType }) => mayForType(caller, 'runs.list', workflowType)) };
        }
      ),
      ListAttention: unary<ListAttentionRequest, ListAttentionResponse>(
        'ListAttention',
        'attention.list',
        async ({ namespace, closedSinceMs }, caller) => {
          if (!namespace) throw new Refusal(status.INVALID_ARGUMENT, 'namespace is empty');
          const groups = await options.attention({ namespace, closedSinceMs });
          return { groups: groups.filter(({ workflowType }) => mayForType(caller, 'attention.list', workflowType)) };
        }
      ),
      DescribeWorkers: unary<DescribeWorkersRequest, DescribeWorkersResponse>(
        'DescribeWorkers',
        'workers.list',
        async ({ namespace }, caller) => {
          if (!namespace) throw new Refusal(status.INVALID_ARGUMENT, 'namespace is empty');
          const { engine, versions, backlogs, standbys } = await options.workers(namespace);
          const maySee = (workflowType: string) => mayForType(caller, 'workers.list', workflowType);
          return {
            engine,
            standbys,
            versions: versions.filter(({ workflowType }) => maySee(workflowType)),
            // Types of activities belong to no flow.
            backlogs: backlogs.map(({ types, ...backlog }) => ({
              ...backlog,
              types: types.filter(({ name }) => (backlog.kind === 'workflow' ? maySee(name) : maySee(''))),
            })),
          };
        }
      ),
      StartRunsBatch: unary<StartRunsBatchRequest, object>(
        'StartRunsBatch',
        'batches.start',
        async (request, caller) => {
          await options.batches.start({ ...request, identity: actingFor(caller, request.identity) }, caller);
          return {};
        }
      ),
      ListBatchResults: unary<ListBatchResultsRequest, ListBatchResultsResponse>(
        'ListBatchResults',
        'batches.get',
        async (request, caller) => {
          // A batch can have runs of any flow.
          demand(caller, 'batches.get', null);
          return options.batches.results(request);
        }
      ),
      ListChanges: unary<ListChangesRequest, ListChangesResponse>(
        'ListChanges',
        'runs.watch',
        async ({ namespace, after, limit }, caller) => {
          demand(caller, 'runs.watch', null);
          if (!namespace) throw new Refusal(status.INVALID_ARGUMENT, 'namespace is empty');
          if (limit < 1 || limit > MOST_CHANGES)
            throw new Refusal(status.INVALID_ARGUMENT, `limit: 1 to ${MOST_CHANGES}`);
          const page = await options.changes({ namespace, after: after ?? { epoch: 0, number: 0 }, limit });
          return { ...page, changes: page.changes.map(changeMessage) };
        }
      ),
      FindChanges: unary<FindChangesRequest, ChangePosition>('FindChanges', 'runs.watch', ({ sinceMs }, caller) => {
        demand(caller, 'runs.watch', null);
        return options.changesSince(sinceMs || null);
      }),
      ...connectionMethods({ connections: options.connections, unary, actingFor, demand }),
      RetireVersion: retireMethod({ pool, registry: options.registry, publisher, unary, actingFor, demand }),
      ...gateMethods({
        pool,
        gates: options.gates,
        unary,
        demand,
        actingFor,
        flowName,
        diagnosticMessage,
        parseDocument: (text) => parseJson('document_json', text, DOCUMENT_LIMIT_BYTES),
      }),
      ...keyMethods({ keys: options.keys, unary }),
      Watch: watch,
      Compile: unary<CompileRequest, CompileResponse>('Compile', 'flows.get', (request, caller) =>
        compileMethod(
          {
            codes: options.codes,
            callsOf: (document, workflowType) => options.callsOf(document, workflowType),
            documentFor({ documentJson }) {
              const document = parseJson('document_json', documentJson, DOCUMENT_LIMIT_BYTES);
              demand(caller, 'flows.get', nameOf(document));
              return document;
            },
            demandBelow: ({ document }) => demand(caller, 'flows.get', nameOf(document)),
          },
          request
        )
      ),
      Trial: trialMethod({
        trials: options.trials,
        operationsFor: (document) => options.operationsFor(document),
        parseDocument: (text) => parseJson('document_json', text, DOCUMENT_LIMIT_BYTES),
        actingFor,
        onEnd: (caller, listener) => options.onEnd(caller, listener),
        fail: (error) => fail('Trial', error),
        authenticate: (call) => options.authenticate({ metadata: call.metadata, peer: call.getPeer() }),
        demand: (caller, document) => demand(caller, 'flows.try', nameOf(document)),
      }),
    },
  };
}

const nameOf = (document: unknown): string | null =>
  typeof document === 'object' && document !== null && 'name' in document && typeof document.name === 'string'
    ? document.name
    : null;

function flowName(flow: string): string {
  if (!flowNameSchema.safeParse(flow).success)
    throw new Refusal(status.INVALID_ARGUMENT, 'flow is not the name of a flow');
  return flow;
}

function versionMessage(version: VersionSummary): VersionMessage {
  const { flow, revision, live, workflowType, title, nodes, sha, createdBy, createdMs } = version;
  return {
    flow,
    version: version.version,
    revision,
    workflowType,
    title,
    nodes,
    sha,
    createdBy,
    description: version.description ?? '',
    createdMs: Math.round(createdMs),
    note: version.note,
    retiredMs: Math.round(version.retired?.atMs ?? 0),
    retiredBy: version.retired?.by ?? '',
    retiredReason: version.retired?.reason ?? '',
    live,
    searchable: Object.entries(version.searchable ?? {}).map(([name, { title, type }]) => ({ name, title, type })),
  };
}

function changeMessage({ epoch, number, at, told, ...change }: StoredChange): RunChangeMessage {
  const { starts, closes, workflowId, runId, workflowType, status, historyLength } = change;
  return {
    position: { epoch, number },
    atMs: at,
    starts,
    closes,
    workflowId,
    runId,
    workflowType,
    status,
    historyLength,
    toldJson: JSON.stringify(told),
  };
}

function diagnosticMessage(diagnostic: Diagnostic): DiagnosticMessage {
  const { code, severity, nodeId, path, message, fix } = diagnostic;
  return { code, severity, nodeId: nodeId ?? '', pathJson: JSON.stringify(path), message, fix: fix ?? '' };
}
