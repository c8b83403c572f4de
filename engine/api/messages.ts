/**
 * The messages of `backstitch.v1` as plain objects. proto.ts is the contract; these are the same messages in
 * TypeScript.
 */
import type { SearchableField } from '../flow/searchable';
import type { AttentionGroup, EndedCell } from '../store/port';
import type { ChangePosition } from '../visibility/change';

export interface VersionMessage {
  flow: string;
  version: number;
  revision: string;
  workflowType: string;
  title: string;
  description: string;
  nodes: number;
  sha: string;
  createdBy: string;
  createdMs: number;
  note: string;
  /** 0: it is not retired. */
  retiredMs: number;
  retiredBy: string;
  retiredReason: string;
  live: boolean;
  searchable: SearchableField[];
}
export interface RetireVersionRequest {
  flow: string;
  /** 0: every version; without `retired`, those that were retired last, if all are. */
  version: number;
  retired: boolean;
  reason: string;
  evenLast: boolean;
  changedBy: string;
}
export interface StartGateRequest {
  flow: string;
  version: number;
  revision: string;
  documentJson: string;
  startedBy: string;
}
export interface ReplayHistoryRequest {
  flow: string;
  version: number;
  revision: string;
  historyJson: string;
}
export interface ReplayHistoryResponse {
  verdictJson: string;
}
export interface GateRequest {
  id: string;
}
export interface GateMessage {
  reportJson: string;
  diagnostics: DiagnosticMessage[];
}
export interface GoLiveRequest {
  id: string;
  note: string;
  breaking: number;
  publishedBy: string;
}
export interface SwitchMessage {
  version: number;
  revision: string;
  replaced: string;
  by: string;
  note: string;
  holding: number;
  breaking: number;
  atMs: number;
}
export interface ListSwitchesRequest {
  flow: string;
}
export interface ListSwitchesResponse {
  switches: SwitchMessage[];
}
export interface DiagnosticMessage {
  code: string;
  severity: string;
  nodeId: string;
  pathJson: string;
  message: string;
  fix: string;
}
export interface PutVersionRequest {
  documentJson: string;
  publishedBy: string;
  basePlusOne: number;
  note: string;
  baseRevision: string;
}
export interface PutVersionResponse {
  version?: VersionMessage | null;
  manifestJson: string;
  again: boolean;
  diagnostics: DiagnosticMessage[];
}
export interface ListVersionsRequest {
  flow: string;
}
export interface ListVersionsResponse {
  versions: VersionMessage[];
}
export interface GetVersionRequest {
  flow: string;
  version: number;
  revision: string;
}
export interface GetVersionResponse {
  version?: VersionMessage | null;
  code: string;
  manifestJson: string;
  documentJson: string;
}
export interface StoredMessage {
  definitionJson: string;
  revision: number;
  createdBy: string;
  createdMs: number;
  changedBy: string;
  changedMs: number;
  archivedBy: string;
  archivedMs: number;
}
export interface FieldProblemMessage {
  pathJson: string;
  message: string;
}
export interface ListConnectionsRequest {
  name: string;
}
export interface ListConnectionsResponse {
  connections: StoredMessage[];
  operations: StoredMessage[];
  environment: { name: string; address: string }[];
  counts: Record<string, number>;
  folderJson: string;
  uses: { flow: string; title: string; versions: number[]; newest: boolean }[];
}
export interface PutConnectionRequest {
  definitionJson: string;
  base: number;
  changedBy: string;
}
export interface PutConnectionResponse {
  connection?: StoredMessage | null;
  problems: FieldProblemMessage[];
  changedMeanwhile: boolean;
}
export interface ArchiveConnectionRequest {
  name: string;
  archived: boolean;
  changedBy: string;
}
export interface PutOperationsRequest {
  connection: string;
  operations: { definitionJson: string; base: number }[];
  changedBy: string;
}
export interface PutOperationsResponse {
  operations: StoredMessage[];
  problems: FieldProblemMessage[];
  changedMeanwhile: string[];
}
export interface ArchiveOperationRequest {
  connection: string;
  name: string;
  archived: boolean;
  changedBy: string;
}
export interface TestConnectionRequest {
  name: string;
}
export interface SendOnceRequest {
  operationJson: string;
  inputJson: string;
}
export interface CallReportMessage {
  reportJson: string;
  problems: FieldProblemMessage[];
}
export interface GetCatalogueRequest {
  names: string[];
  brief: boolean;
}
export interface GetCatalogueResponse {
  catalogueJson: string;
}
export interface PutSecretRequest {
  name: string;
  value: string;
  changedBy: string;
}
export interface ListSecretsResponse {
  names: string[];
}
export interface TrialRequestMessage {
  documentJson: string;
  what: string;
  planJson: string;
  person: string;
}
export interface TrialPartMessage {
  kind: string;
  json: string;
}
export interface CompileRequest {
  documentJson: string;
  version: number;
  what: string;
  workflowType: string;
}
export interface CompileResponse {
  partJson: string;
}
export interface SettleEffectRequest {
  namespace: string;
  workflowId: string;
  runId: string;
  activityId: string;
  found: string;
}
export interface KeepRunRequest {
  namespace: string;
  workflowId: string;
  runId: string;
  isKept: boolean;
}
export interface QueryAtRequest {
  namespace: string;
  workflowId: string;
  runId: string;
  eventId: number;
  queryType: string;
}
export interface QueryAtResponse {
  resultJson: string;
}
export interface NextRemovalRequest {
  namespace: string;
  flow: string;
}
export interface NextRemovalResponse {
  /** '' for none. */
  workflowId: string;
  runId: string;
  atMs: number;
}
export interface WatchRequest {
  namespace: string;
  workflowId: string;
}
export interface HintMessage {
  sequence: number;
  namespace: string;
  workflowId: string;
  runId: string;
  kind: string;
}
export interface KeyOwnerMessage {
  id: string;
  name: string;
  email: string;
  groups: string[];
  grantsJson: string;
}
export interface KeyMessage {
  id: string;
  name: string;
  ending: string;
  grantsJson: string;
  owner?: KeyOwnerMessage | null;
  createdBy: string;
  createdMs: number;
  expiresMs: number;
  revokedMs: number;
  revokedBy: string;
  lastUsedMs: number;
}
export interface ListKeysResponse {
  keys: KeyMessage[];
}
export interface CreateKeyRequest {
  name: string;
  grantsJson: string;
  owner?: KeyOwnerMessage | null;
  expiresMs: number;
  createdBy: string;
}
export interface CreateKeyResponse {
  key?: KeyMessage | null;
  secret: string;
}
export interface RevokeKeyRequest {
  id: string;
  revokedBy: string;
}
export interface RevokeKeyResponse {
  key?: KeyMessage | null;
}
export interface CheckKeyRequest {
  sha256: string;
}
export interface CheckKeyResponse {
  key?: KeyMessage | null;
}
export interface PutKeyOwnerRequest {
  owner?: KeyOwnerMessage | null;
}
export interface StartRunsBatchRequest {
  namespace: string;
  jobId: string;
  visibilityQuery: string;
  runs: { workflowId: string; runId: string }[];
  reason: string;
  identity: string;
  kind: string;
  step: string;
  withoutSignals: boolean;
  withoutUpdates: boolean;
}
export interface ListBatchResultsRequest {
  namespace: string;
  jobId: string;
  outcome: string;
  pageSize: number;
  pageToken: string;
}
export interface BatchResultMessage {
  workflowId: string;
  runId: string;
  outcome: string;
  problem: string;
  atMs: number;
}
export interface ListBatchResultsResponse {
  results: BatchResultMessage[];
  nextPageToken: string;
}
export interface DescribeWorkersRequest {
  namespace: string;
}
export interface EngineProcessMessage {
  host: string;
  pid: number;
  version: string;
  node: string;
  startedMs: number;
  holdsLease: boolean;
  residentBytes: number;
  runsInMemory: number;
  hostedRuns: number;
  threads: number;
  endedThreads: number;
  identity: string;
  taskQueue: string;
  workflowTasks: number;
  attempts: number;
}
export interface ServedVersionMessage {
  flow: string;
  workflowType: string;
  live: string;
  revisions: string[];
  retired: boolean;
}
export interface QueueBacklogMessage {
  taskQueue: string;
  kind: string;
  count: number;
  sinceMs: number;
  types: { name: string; count: number }[];
}
export interface StandbyMessage {
  name: string;
  sinceMs: number;
}
export interface DescribeWorkersResponse {
  engine: EngineProcessMessage;
  versions: ServedVersionMessage[];
  backlogs: QueueBacklogMessage[];
  standbys: StandbyMessage[];
}
export interface ListAttentionRequest {
  namespace: string;
  closedSinceMs: number;
}
export interface ListAttentionResponse {
  groups: AttentionGroup[];
}
export interface CountEndedRequest {
  namespace: string;
  of: string;
  sinceMs: number;
  perMs: number;
  slowerThanMs: number;
}
export interface CountEndedResponse {
  cells: EndedCell[];
}
export interface ListChangesRequest {
  namespace: string;
  after?: ChangePosition | null;
  limit: number;
}
export interface ListChangesResponse {
  changes: RunChangeMessage[];
  through?: ChangePosition | null;
  removed?: ChangePosition | null;
  isEnd: boolean;
}
export interface RunChangeMessage {
  position?: ChangePosition | null;
  atMs: number;
  starts: boolean;
  closes: boolean;
  workflowId: string;
  runId: string;
  workflowType: string;
  status: number;
  historyLength: number;
  toldJson: string;
}
export interface FindChangesRequest {
  sinceMs: number;
}
