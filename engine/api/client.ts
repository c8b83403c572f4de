/**
 * Client of `backstitch.v1` for the web: plain objects as requests and answers, one connection, a deadline for every
 * call.
 */
import { Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import type { Diagnostic, Severity } from '../flow/diagnostic';
import type { Catalogue } from '../flow/catalogue';
import type { CatalogueChoice } from '../flow/catalogue-parts';
import type { CallReport } from '../flow/connections/call-report';
import type { Problem } from '../flow/connections/problem';
import type { FolderState } from '../flow/connections/own-code';
import type { Connection } from '../flow/connections/connection';
import type { Operation } from '../flow/connections/operation';
import type { FlowDocument } from '../flow/document';
import { readPayload } from '../flow/values/json';
import type { FlowManifest } from '../flow/manifest';
import type { SentPart, TrialPart } from '../trial/parts';
import type { DraftCode } from '../trial/draft-code';
import type { TrialPlan } from '../flow/trial-plan';
import type { AttentionGroup, EndedCell, EndedQuery } from '../store/port';
import type { ChangePosition } from '../visibility/change';
import type { GateReport } from '../versions/gate/report';
import type { Verdict } from '../versions/gate/verdict';
import type {
  CallReportMessage,
  CheckKeyResponse,
  CompileResponse,
  CreateKeyRequest,
  CreateKeyResponse,
  DescribeWorkersRequest,
  DescribeWorkersResponse,
  DiagnosticMessage,
  FieldProblemMessage,
  GateMessage,
  ReplayHistoryResponse,
  GetCatalogueResponse,
  GetVersionResponse,
  HintMessage,
  KeyMessage,
  KeyOwnerMessage,
  ListAttentionRequest,
  ListAttentionResponse,
  ListBatchResultsRequest,
  ListBatchResultsResponse,
  ListChangesRequest,
  ListChangesResponse,
  ListConnectionsResponse,
  ListKeysResponse,
  ListSecretsResponse,
  ListSwitchesResponse,
  ListVersionsResponse,
  PutConnectionResponse,
  PutOperationsResponse,
  PutVersionResponse,
  RetireVersionRequest,
  RevokeKeyResponse,
  CountEndedRequest,
  CountEndedResponse,
  KeepRunRequest,
  NextRemovalRequest,
  NextRemovalResponse,
  QueryAtRequest,
  QueryAtResponse,
  SettleEffectRequest,
  StartRunsBatchRequest,
  StoredMessage,
  SwitchMessage,
  TrialPartMessage,
  VersionMessage,
} from './messages';
import { backstitchDefinition } from './service-definition';

export type {
  HintMessage,
  KeyMessage,
  KeyOwnerMessage,
  RunChangeMessage,
  StoredMessage,
  SwitchMessage,
  VersionMessage,
} from './messages';

export interface PutVersionResult {
  /** Null if there are errors among the diagnostics. */
  version: VersionMessage | null;
  manifest: FlowManifest | null;
  again: boolean;
  diagnostics: Diagnostic[];
}
export interface VersionContent {
  version: VersionMessage;
  code: string;
  manifest: FlowManifest;
  document: FlowDocument;
}

export interface ConnectionsContent {
  connections: StoredMessage[];
  operations: StoredMessage[];
  environment: { name: string; address: string }[];
  /** By connection, without archived operations. */
  counts: Record<string, number>;
  /** Of the operator's own folder of activities, if its connection was asked for and there is one. */
  folder: FolderState | null;
  /** Published versions that call the connection that was asked for. */
  uses: { flow: string; title: string; versions: number[]; newest: boolean }[];
}
/** `changedMeanwhile`: the names of what somebody else changed since; nothing was stored then. */
export type PutResult<T> = { stored: T } | { problems: Problem[] } | { changedMeanwhile: string[] };

export interface BackstitchClient {
  /**
   * `base`: the newest version that the publisher saw, 0 for none; undefined if it is unknown. `baseRevision`: its
   * revision that was live then; empty if it is unknown.
   */
  putVersion(
    document: unknown,
    publishedBy?: string,
    base?: number,
    note?: string,
    baseRevision?: string
  ): Promise<PutVersionResult>;
  /**
   * `retired` false takes it back. Rejects with code NOT_FOUND, and with FAILED_PRECONDITION for the only version that
   * starts runs unless `evenLast`.
   */
  retireVersion(request: RetireVersionRequest): Promise<void>;
  /** Newest first within a flow; all flows if no flow is named. */
  listVersions(flow?: string): Promise<VersionMessage[]>;
  /** The newest version unless one is given. Rejects with code NOT_FOUND. */
  getVersion(flow: string, version?: number, revision?: string): Promise<VersionContent>;
  /** Checks a document as a fix of a version, or an earlier revision of it, against the open runs. */
  startGate(wish: {
    flow: string;
    version: number;
    revision?: string;
    document?: unknown;
    startedBy: string;
  }): Promise<{ report: GateReport | null; diagnostics: Diagnostic[] }>;
  /** Rejects with code NOT_FOUND. */
  /** The JSON of a history, as Temporal's tools write it, on the code of a revision. Rejects with NOT_FOUND without one. */
  replayHistory(request: { flow: string; version: number; revision: string; historyJson: string }): Promise<Verdict>;
  getGate(id: string): Promise<GateReport>;
  endGate(id: string): Promise<void>;
  /** `breaking`: how many runs may break. Rejects with NOT_FOUND, FAILED_PRECONDITION. */
  goLive(gate: { id: string; note: string; breaking: number; publishedBy: string }): Promise<GateReport>;
  /** Newest first. */
  listSwitches(flow: string): Promise<SwitchMessage[]>;
  /** Stores what a person found out about an effect of a closed run. The lists and counts of effects are updated. */
  settleEffect(effect: SettleEffectRequest): Promise<void>;
  keepRun(request: KeepRunRequest): Promise<void>;
  /** What a run answered to a query after an event. Rejects with FAILED_PRECONDITION where that cannot be known. */
  queryAt(request: QueryAtRequest): Promise<unknown>;
  /** The closed run of a flow that is removed next; null: none. */
  nextRemoval(request: NextRemovalRequest): Promise<NextRemovalResponse | null>;
  /** What ended since then, in cells of time. */
  countEnded(request: EndedQuery): Promise<EndedCell[]>;
  /** The runs that need attention, by groups. */
  listAttention(request: ListAttentionRequest): Promise<AttentionGroup[]>;
  /** The process of the engine, what its worker serves, and what waits. */
  describeWorkers(request: DescribeWorkersRequest): Promise<DescribeWorkersResponse>;
  /** Rejects with ALREADY_EXISTS, and with RESOURCE_EXHAUSTED while there is another batch. */
  startRunsBatch(request: StartRunsBatchRequest): Promise<void>;
  /** What became of the runs of a batch. Rejects with NOT_FOUND. */
  listBatchResults(request: ListBatchResultsRequest): Promise<ListBatchResultsResponse>;
  /** The log of changes of runs, after a position. */
  listChanges(request: ListChangesRequest): Promise<ListChangesResponse>;
  /** Where the changes since this time begin; 0: those from now on. */
  findChanges(sinceMs: number): Promise<ChangePosition>;
  /** Archived ones included; the operations of the connection that is named. */
  listConnections(name?: string): Promise<ConnectionsContent>;
  putConnection(connection: Connection, base: number, changedBy: string): Promise<PutResult<StoredMessage>>;
  /** Rejects with code NOT_FOUND. */
  archiveConnection(name: string, archived: boolean, changedBy: string): Promise<void>;
  /** All of them, or none. Rejects with code NOT_FOUND if there is no such connection. */
  putOperations(
    connection: string,
    operations: readonly { operation: Operation; base: number }[],
    changedBy: string
  ): Promise<PutResult<StoredMessage[]>>;
  archiveOperation(
    operation: { connection: string; name: string },
    archived: boolean,
    changedBy: string
  ): Promise<void>;
  testConnection(name: string): Promise<CallReport>;
  /** One real call. */
  sendOnce(operation: Operation, input: unknown): Promise<CallReport | { problems: Problem[] }>;
  /** The operations of connections that steps of new versions may call. */
  /** Without a choice: everything. */
  getCatalogue(choice?: CatalogueChoice): Promise<Catalogue>;
  putSecret(name: string, value: string, changedBy?: string): Promise<void>;
  listSecrets(): Promise<string[]>;
  /** The keys of people for programs, including those that ended. */
  listKeys(): Promise<KeyMessage[]>;
  /** Only this answer contains `secret`. `expiresMs` 0: never. */
  createKey(key: CreateKeyRequest): Promise<{ key: KeyMessage; secret: string }>;
  /** Null: there is no such key. */
  revokeKey(id: string, revokedBy: string): Promise<KeyMessage | null>;
  /** Finds a key by its sha256, as hex. Null: there is no valid key. */
  checkKey(sha256: string): Promise<KeyMessage | null>;
  /** The current permissions of the owner of keys. */
  putKeyOwner(owner: KeyOwnerMessage): Promise<void>;
  /**
   * Hints until the function that is returned is called. `onOpen`: from now on no hint is missed, so the caller reads
   * the state then. `onEnd`: the stream broke, so the caller starts another one and reads the state again.
   */
  watch(request: { namespace: string; workflowId?: string }, listener: WatchListener): () => void;
  /**
   * Plays a trial for a person. Resolves after the last part; rejects if the
   * stream breaks. The signal ends the trial.
   */
  trial(request: TrialCall, onPart: (part: SentPart) => void, signal: AbortSignal): Promise<void>;
  /** The code of a document, as publishing it as this version would make it. */
  compile(document: unknown, version: number): Promise<DraftCode>;
  /** A project that runs without Backstitch, by path; `workflowType`: of a published version, null for a draft. */
  project(
    document: unknown,
    version: number,
    workflowType: string | null
  ): Promise<{ files: Record<string, string>; flows: string[] } | { diagnostics: Diagnostic[] }>;
  close(): void;
}
export interface TrialCall {
  document: unknown;
  what: 'try' | 'matrix';
  plan: TrialPlan;
  person: string;
}
export interface WatchListener {
  onHint(hint: HintMessage): void;
  onOpen?(): void;
  onEnd?(error: ServiceError | null): void;
}

const sentPartOf = ({ kind, json }: TrialPartMessage): SentPart => ({ kind: kind as SentPart['kind'], json });

const CALL_DEADLINE_MS = 10_000;
/** Pages make these reads, and no page may hang because the engine hangs. */
const READ_DEADLINE_MS = 2_000;
/** The type check alone may take ten seconds. */
const PUBLISH_DEADLINE_MS = 60_000;
/** Runs that moved on since the check are replayed first. */
const GO_LIVE_DEADLINE_MS = 120_000;
/** Replays wait for each other, and one may take a minute. */
const REPLAY_DEADLINE_MS = 120_000;
/** Longer than the time that such a call waits for its service. */
const SERVICE_CALL_DEADLINE_MS = 25_000;
/** The process that compiles may have to be started first. */
const COMPILE_DEADLINE_MS = 60_000;
/** A matrix takes a minute at most, after it has waited for a process. */
const TRIAL_DEADLINE_MS = 180_000;

/**
 * Calls reject with grpc-js's ServiceError: `code` and `details`. The client connects at the first call, and again
 * after a lost connection.
 */
export function createBackstitchClient(address: string, key?: string): BackstitchClient {
  const client = new Client(address, credentials.createInsecure(), {
    'grpc.max_receive_message_length': 16 * 1024 * 1024,
    'grpc.initial_reconnect_backoff_ms': 200,
    'grpc.max_reconnect_backoff_ms': 2_000,
    // Without keep-alive, a stream on a dead connection would wait for ever without an error and without hints.
    'grpc.keepalive_time_ms': 8_000,
    'grpc.keepalive_timeout_ms': 4_000,
  });
  const definition = backstitchDefinition();
  const metadata = new Metadata();
  if (key) metadata.set('authorization', `Bearer ${key}`);

  const methodOf = (name: string) => {
    const method = definition[name];
    if (!method) throw new Error(`backstitch.v1 has no method ${name}`);
    return method;
  };
  const call = <Response>(name: string, request: object, deadlineMs = CALL_DEADLINE_MS): Promise<Response> => {
    const { path, requestSerialize, responseDeserialize } = methodOf(name);
    return new Promise((resolve, reject) => {
      client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        request,
        metadata,
        { deadline: Date.now() + deadlineMs },
        (error, response) => (error ? reject(error) : resolve(response as Response))
      );
    });
  };

  return {
    async retireVersion(request) {
      await call('RetireVersion', request);
    },
    async putVersion(document, publishedBy = '', base, note = '', baseRevision = '') {
      const basePlusOne = base === undefined ? 0 : base + 1;
      const request = { documentJson: JSON.stringify(document), publishedBy, basePlusOne, note, baseRevision };
      const response = await call<PutVersionResponse>('PutVersion', request, PUBLISH_DEADLINE_MS);
      return {
        version: response.version ?? null,
        manifest: response.manifestJson ? (JSON.parse(response.manifestJson) as FlowManifest) : null,
        again: response.again,
        diagnostics: response.diagnostics.map(diagnosticOf),
      };
    },
    async listVersions(flow = '') {
      return (await call<ListVersionsResponse>('ListVersions', { flow }, READ_DEADLINE_MS)).versions;
    },
    async getVersion(flow, version = 0, revision = '') {
      const response = await call<GetVersionResponse>('GetVersion', { flow, version, revision }, READ_DEADLINE_MS);
      if (!response.version) throw new Error(`the engine answered without a version of ${flow}`);
      return {
        version: response.version,
        code: response.code,
        manifest: JSON.parse(response.manifestJson) as FlowManifest,
        document: JSON.parse(response.documentJson) as FlowDocument,
      };
    },
    async startGate({ flow, version, revision = '', document, startedBy }) {
      const documentJson = document === undefined ? '' : JSON.stringify(document);
      const request = { flow, version, revision, documentJson, startedBy };
      const { reportJson, diagnostics } = await call<GateMessage>('StartGate', request, PUBLISH_DEADLINE_MS);
      return {
        report: reportJson ? (JSON.parse(reportJson) as GateReport) : null,
        diagnostics: diagnostics.map(diagnosticOf),
      };
    },
    async replayHistory(request) {
      const { verdictJson } = await call<ReplayHistoryResponse>('ReplayHistory', request, REPLAY_DEADLINE_MS);
      return JSON.parse(verdictJson) as Verdict;
    },
    async getGate(id) {
      const { reportJson } = await call<GateMessage>('GetGate', { id }, READ_DEADLINE_MS);
      return JSON.parse(reportJson) as GateReport;
    },
    async endGate(id) {
      await call('EndGate', { id });
    },
    async goLive(request) {
      const { reportJson } = await call<GateMessage>('GoLive', request, GO_LIVE_DEADLINE_MS);
      return JSON.parse(reportJson) as GateReport;
    },
    async listSwitches(flow) {
      return (await call<ListSwitchesResponse>('ListSwitches', { flow }, READ_DEADLINE_MS)).switches;
    },
    async settleEffect(effect) {
      await call('SettleEffect', effect);
    },
    async keepRun(request) {
      await call('KeepRun', request);
    },
    async queryAt(request) {
      const { resultJson } = await call<QueryAtResponse>('QueryAt', request);
      return readPayload(resultJson);
    },
    async nextRemoval(request) {
      const next = await call<NextRemovalResponse>('NextRemoval', request, READ_DEADLINE_MS);
      return next.workflowId === '' ? null : next;
    },
    async countEnded(request) {
      return (await call<CountEndedResponse>('CountEnded', request satisfies CountEndedRequest, READ_DEADLINE_MS))
        .cells;
    },
    async listAttention(request) {
      return (await call<ListAttentionResponse>('ListAttention', request, READ_DEADLINE_MS)).groups;
    },
    describeWorkers: (request) => call<DescribeWorkersResponse>('DescribeWorkers', request, READ_DEADLINE_MS),
    async startRunsBatch(request) {
      await call('StartRunsBatch', request);
    },
    listBatchResults: (request) => call<ListBatchResultsResponse>('ListBatchResults', request, READ_DEADLINE_MS),
    listChanges: (request) => call<ListChangesResponse>('ListChanges', request, READ_DEADLINE_MS),
    findChanges: (sinceMs) => call<ChangePosition>('FindChanges', { sinceMs }, READ_DEADLINE_MS),
    listConnections: (name = '') =>
      call<ListConnectionsResponse>('ListConnections', { name }, READ_DEADLINE_MS).then(
        ({ folderJson, ...content }) => ({
          ...content,
          folder: folderJson ? (readPayload(folderJson) as FolderState | null) : null,
        })
      ),
    async putConnection(connection, base, changedBy) {
      const request = { definitionJson: JSON.stringify(connection), base, changedBy };
      const response = await call<PutConnectionResponse>('PutConnection', request);
      if (response.changedMeanwhile) return { changedMeanwhile: [connection.name] };
      return response.connection ? { stored: response.connection } : { problems: response.problems.map(problemOf) };
    },
    async archiveConnection(name, archived, changedBy) {
      await call('ArchiveConnection', { name, archived, changedBy });
    },
    async putOperations(connection, operations, changedBy) {
      const list = operations.map(({ operation, base }) => ({ definitionJson: JSON.stringify(operation), base }));
      const request = { connection, operations: list, changedBy };
      const response = await call<PutOperationsResponse>('PutOperations', request);
      if (response.changedMeanwhile.length > 0) return { changedMeanwhile: response.changedMeanwhile };
      return response.problems.length > 0
        ? { problems: response.problems.map(problemOf) }
        : { stored: response.operations };
    },
    async archiveOperation({ connection, name }, archived, changedBy) {
      await call('ArchiveOperation', { connection, name, archived, changedBy });
    },
    async testConnection(name) {
      const { reportJson } = await call<CallReportMessage>('TestConnection', { name }, SERVICE_CALL_DEADLINE_MS);
      return JSON.parse(reportJson) as CallReport;
    },
    async sendOnce(operation, input) {
      const request = { operationJson: JSON.stringify(operation), inputJson: JSON.stringify(input) };
      const { reportJson, problems } = await call<CallReportMessage>('SendOnce', request, SERVICE_CALL_DEADLINE_MS);
      return problems.length > 0 ? { problems: problems.map(problemOf) } : (JSON.parse(reportJson) as CallReport);
    },
    async getCatalogue({ names, brief } = { names: [], brief: false }) {
      const request = { names: [...names], brief };
      const { catalogueJson } = await call<GetCatalogueResponse>('GetCatalogue', request, READ_DEADLINE_MS);
      return JSON.parse(catalogueJson) as Catalogue;
    },
    async putSecret(name, value, changedBy = '') {
      await call('PutSecret', { name, value, changedBy });
    },
    async listSecrets() {
      return (await call<ListSecretsResponse>('ListSecrets', {}, READ_DEADLINE_MS)).names;
    },
    async listKeys() {
      return (await call<ListKeysResponse>('ListKeys', {}, READ_DEADLINE_MS)).keys;
    },
    async createKey(request) {
      const { key, secret } = await call<CreateKeyResponse>('CreateKey', request);
      if (!key) throw new Error('the engine answered without the key');
      return { key, secret };
    },
    async revokeKey(id, revokedBy) {
      return (await call<RevokeKeyResponse>('RevokeKey', { id, revokedBy })).key ?? null;
    },
    async checkKey(sha256) {
      return (await call<CheckKeyResponse>('CheckKey', { sha256 }, READ_DEADLINE_MS)).key ?? null;
    },
    async putKeyOwner(owner) {
      await call('PutKeyOwner', { owner });
    },
    watch(request, listener) {
      const { path, requestSerialize, responseDeserialize } = methodOf('Watch');
      const stream = client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, request, metadata);
      let ended = false;
      const end = (error: ServiceError | null) => {
        if (ended) return;
        ended = true;
        listener.onEnd?.(error);
      };
      stream.on('metadata', () => {
        if (!ended) listener.onOpen?.();
      });
      stream.on('data', (hint: object) => {
        if (!ended) listener.onHint(hint as HintMessage);
      });
      stream.on('error', (error: ServiceError) => end(error));
      stream.on('end', () => end(null));
      return () => {
        ended = true;
        stream.cancel();
      };
    },
    trial({ document, what, plan, person }, onPart, signal) {
      const { path, requestSerialize, responseDeserialize } = methodOf('Trial');
      const request = { documentJson: JSON.stringify(document), what, planJson: JSON.stringify(plan), person };
      const options = { deadline: Date.now() + TRIAL_DEADLINE_MS };
      const stream = client.makeServerStreamRequest(
        path,
        requestSerialize,
        responseDeserialize,
        request,
        metadata,
        options
      );
      const leave = () => stream.cancel();
      signal.addEventListener('abort', leave);
      if (signal.aborted) leave();
      return new Promise<void>((resolve, reject) => {
        stream.on('data', (part: object) => onPart(sentPartOf(part as TrialPartMessage)));
        stream.on('error', (error: ServiceError) => (signal.aborted ? resolve() : reject(error)));
        stream.on('end', resolve);
      }).finally(() => signal.removeEventListener('abort', leave));
    },
    async compile(document, version) {
      const request = { documentJson: JSON.stringify(document), version, what: 'code', workflowType: '' };
      const { partJson } = await call<CompileResponse>('Compile', request, COMPILE_DEADLINE_MS);
      return (JSON.parse(partJson) as Extract<TrialPart, { kind: 'code' }>).code;
    },
    async project(document, version, workflowType) {
      const about = { version, what: 'project', workflowType: workflowType ?? '' };
      const request = { documentJson: JSON.stringify(document), ...about };
      const { partJson } = await call<CompileResponse>('Compile', request, COMPILE_DEADLINE_MS);
      return JSON.parse(partJson) as Extract<TrialPart, { kind: 'project' | 'refused' }>;
    },
    close: () => client.close(),
  };
}

const diagnosticOf = ({ code, severity, nodeId, pathJson, message, fix }: DiagnosticMessage): Diagnostic => ({
  code,
  severity: severity as Severity,
  nodeId: nodeId || null,
  path: JSON.parse(pathJson) as (string | number)[],
  message,
  ...(fix ? { fix } : {}),
});

const problemOf = ({ pathJson, message }: FieldProblemMessage): Problem => ({
  path: JSON.parse(pathJson) as (string | number)[],
  message,
});
