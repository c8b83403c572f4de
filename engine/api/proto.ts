/** The contract of `backstitch.v1` as text, because a built process has no files beside it. */
export const BACKSTITCH_PROTO = `
syntax = "proto3";
package backstitch.v1;

// The methods that Temporal's WorkflowService does not have: published versions of flows, secrets, keys, and hints
// about changes. Served on the same address, with the same bearer keys.
service Backstitch {
  // Publish a flow document. If it equals the newest version, that version is returned.
  // For a document that cannot be published, diagnostics are returned, not an error. Permission: design.
  rpc PutVersion(PutVersionRequest) returns (PutVersionResponse);
  // Newest first. Permission: read.
  rpc ListVersions(ListVersionsRequest) returns (ListVersionsResponse);
  // Permission: read.
  rpc GetVersion(GetVersionRequest) returns (GetVersionResponse);
  // From now on the version starts no new runs; its open runs go on. It can be taken back. Refused with
  // FAILED_PRECONDITION for the only version that still starts runs, unless the request says so. Permission: design.
  rpc RetireVersion(RetireVersionRequest) returns (RetireVersionResponse);
  // Check a revision of a version against its open runs: the document as a fix, or an earlier revision. The answer
  // comes at once; GetGate has what was found since. A revision that is refused gives diagnostics and no report.
  // Permission: design.
  rpc StartGate(StartGateRequest) returns (Gate);
  // Permission: read.
  rpc GetGate(GateRequest) returns (Gate);
  // Permission: design.
  rpc EndGate(GateRequest) returns (EndGateResponse);
  // The revision that was checked goes live. FAILED_PRECONDITION if the check has no result, if more runs would break
  // than the caller has accepted, or if another revision went live meanwhile. Permission: design.
  rpc GoLive(GoLiveRequest) returns (Gate);
  // When which revision went live, newest first. Permission: read.
  rpc ListSwitches(ListSwitchesRequest) returns (ListSwitchesResponse);
  // Replay a history of anywhere on the code of a revision. Nothing is stored, and no run is touched. Permission: operate.
  rpc ReplayHistory(ReplayHistoryRequest) returns (ReplayHistoryResponse);
  // Store a secret value, which steps use by its name. It can be replaced, but never read back. Permission: secrets.
  rpc PutSecret(PutSecretRequest) returns (PutSecretResponse);
  // Connections and their operations, archived ones included; never a secret. Permission: read.
  rpc ListConnections(ListConnectionsRequest) returns (ListConnectionsResponse);
  // Where steps send their calls, and which secrets they send there. Permission: secrets.
  rpc PutConnection(PutConnectionRequest) returns (PutConnectionResponse);
  // An archived connection is offered nowhere, and calls over it wait. Permission: secrets.
  rpc ArchiveConnection(ArchiveConnectionRequest) returns (ArchiveConnectionResponse);
  // All of them are stored, or none. Permission: design.
  rpc PutOperations(PutOperationsRequest) returns (PutOperationsResponse);
  // Published versions keep their copy of an archived operation. Permission: design.
  rpc ArchiveOperation(ArchiveOperationRequest) returns (ArchiveOperationResponse);
  // Requests the test path of a stored connection. Permission: design.
  rpc TestConnection(TestConnectionRequest) returns (CallReport);
  // One real call of an operation, which need not be stored. Permission: design.
  rpc SendOnce(SendOnceRequest) returns (CallReport);
  // What steps of new versions may call: JSON, by activity type. Permission: read.
  rpc GetCatalogue(GetCatalogueRequest) returns (GetCatalogueResponse);
  // Names only. Permission: design.
  rpc ListSecrets(ListSecretsRequest) returns (ListSecretsResponse);
  // Reports changes of runs as they happen. A hint names the run, not the change. A slow reader gets
  // fewer, newer hints. Permission: read.
  rpc Watch(WatchRequest) returns (stream Hint);
  // Plays a document that may never be published, with nothing sent: one trial, or every failure. The answer comes part
  // by part, and ends with the part 'end'. A person has one trial: another one ends the first. Permission: design.
  rpc Trial(TrialRequest) returns (stream TrialPart);
  // The code of a document that may never be published, as publishing would make it, or a project of it that runs
  // without Backstitch. Problems of the document are part of the
  // answer. Permission: read.
  rpc Compile(CompileRequest) returns (CompileResponse);
  // What a person found out about an effect of a closed run. It is kept with the run, and what the run left behind is
  // counted again: its search attributes SagaPhase and SagaStanding follow. The last word counts. Permission: resolve.
  rpc SettleEffect(SettleEffectRequest) returns (SettleEffectResponse);
  // Whether a person keeps a closed run whatever its retention period is.
  rpc KeepRun(KeepRunRequest) returns (KeepRunResponse);
  // What the code of a run answered to a query after an event of its history: the history is replayed up to there, and the
  // run itself is not asked. Permission: read.
  rpc QueryAt(QueryAtRequest) returns (QueryAtResponse);
  // Which closed run of a flow is removed next by the retention of its namespace. Permission: read the flow's runs.
  rpc NextRemoval(NextRemovalRequest) returns (NextRemovalResponse);
  // How many runs, or steps, ended, failed and took longer than a time, by workflow type, step and cell of time. Permission:
  // read; only the types that the caller may read are in the answer.
  rpc CountEnded(CountEndedRequest) returns (CountEndedResponse);
  // The runs that need attention, in groups of one workflow type, reason, step and error. Permission: read; only the
  // types that the caller may read are in the answer.
  rpc ListAttention(ListAttentionRequest) returns (ListAttentionResponse);
  // The process of the engine, the versions that its worker serves, and what waits on each queue of a namespace for a
  // worker. Permission: operate; only types and flows that the caller may operate are named.
  rpc DescribeWorkers(DescribeWorkersRequest) returns (DescribeWorkersResponse);
  // A batch that does what a batch of WorkflowService cannot: it pauses or resumes runs, or resets them to a step. It is
  // described, listed and stopped there. Permission: operate; only runs of the flows that the caller may operate are asked.
  rpc StartRunsBatch(StartRunsBatchRequest) returns (StartRunsBatchResponse);
  // What became of the runs of any batch, in the order in which they were asked. Permission: read, for every flow.
  rpc ListBatchResults(ListBatchResultsRequest) returns (ListBatchResultsResponse);
  // The log of changes of runs, in its order, after a position: at least once, and for about a week. The answer has no
  // value of a run. Permission: read, for everything.
  rpc ListChanges(ListChangesRequest) returns (ListChangesResponse);
  // The position after which the changes since a time come. Permission: read, for everything.
  rpc FindChanges(FindChangesRequest) returns (ChangePosition);
  // Keys of people, for programs. The web asks for all of this; permission: speakForPeople.
  // The descriptions of all keys, also of ended ones; never the keys themselves.
  rpc ListKeys(ListKeysRequest) returns (ListKeysResponse);
  // Only this answer contains the key.
  rpc CreateKey(CreateKeyRequest) returns (CreateKeyResponse);
  // From now on calls with the key are refused, and open calls end.
  rpc RevokeKey(RevokeKeyRequest) returns (RevokeKeyResponse);
  // The owner of the key with this digest. Permission: checkKeys.
  rpc CheckKey(CheckKeyRequest) returns (CheckKeyResponse);
  // The current permissions of an owner of keys: no key of theirs allows more.
  rpc PutKeyOwner(PutKeyOwnerRequest) returns (PutKeyOwnerResponse);
}

message KeyOwner {
  string id = 1;
  string name = 2;
  string email = 3;
  repeated string groups = 4;
  // JSON: [{ role, flow }]; empty for a person who was deactivated.
  string grants_json = 5;
}
message Key {
  string id = 1;
  string name = 2;
  // The last characters of the key, to tell keys apart.
  string ending = 3;
  string grants_json = 4;
  KeyOwner owner = 5;
  string created_by = 6;
  // Milliseconds since the epoch; 0 where there is none.
  int64 created_ms = 7;
  int64 expires_ms = 8;
  int64 revoked_ms = 9;
  string revoked_by = 10;
  int64 last_used_ms = 11;
}
message ListKeysRequest {}
message ListKeysResponse {
  repeated Key keys = 1;
}
message CreateKeyRequest {
  string name = 1;
  string grants_json = 2;
  KeyOwner owner = 3;
  int64 expires_ms = 4;
  string created_by = 5;
}
message CreateKeyResponse {
  Key key = 1;
  string secret = 2;
}
message RevokeKeyRequest {
  string id = 1;
  string revoked_by = 2;
}
message RevokeKeyResponse {
  Key key = 1;
}
message CheckKeyRequest {
  // sha256 of the key, hex.
  string sha256 = 1;
}
message CheckKeyResponse {
  // Absent: there is no valid key with this digest.
  Key key = 1;
}
message PutKeyOwnerRequest {
  KeyOwner owner = 1;
}
message PutKeyOwnerResponse {}

message PutVersionRequest {
  // A flow document, JSON.
  string document_json = 1;
  // The person who publishes. It is used only if the caller may act for people; otherwise the key's owner is recorded.
  string published_by = 2;
  // The newest version that the publisher saw, plus one: 1 means that there was none, 0 that it is unknown. If another
  // one was published since, the answer has diagnostics with the code 'published-meanwhile', and nothing is published.
  uint32 base_plus_one = 3;
  // What changed, and why: people see it in the list of versions.
  string note = 4;
  // The revision of that version that the publisher saw live; empty: unknown. If another one is live now, nothing is
  // published either.
  string base_revision = 5;
}
message PutVersionResponse {
  // Absent if there are errors.
  Version version = 1;
  string manifest_json = 2;
  // The newest version had the same content.
  bool again = 3;
  repeated Diagnostic diagnostics = 4;
}
message Diagnostic {
  string code = 1;
  // error, warning or info
  string severity = 2;
  // Empty: the flow itself.
  string node_id = 3;
  // JSON array of strings and numbers.
  string path_json = 4;
  string message = 5;
  string fix = 6;
}
message Version {
  string flow = 1;
  uint32 version = 2;
  string revision = 3;
  string workflow_type = 4;
  string title = 5;
  string description = 6;
  uint32 nodes = 7;
  // sha256, hex, of the code that runs.
  string sha = 8;
  string created_by = 9;
  // Milliseconds since the epoch.
  int64 created_ms = 10;
  string note = 11;
  // A retired version starts no new runs. Milliseconds since the epoch; 0: it is not retired.
  int64 retired_ms = 12;
  string retired_by = 13;
  string retired_reason = 14;
  // New runs of the version start on this revision.
  bool live = 15;
  // By which lists of its runs can be filtered.
  repeated SearchableField searchable = 16;
}
message SearchableField {
  // Of the search attribute.
  string name = 1;
  string title = 2;
  // As in Temporal: Keyword, Text, Int, ...
  string type = 3;
}
message StartGateRequest {
  string flow = 1;
  uint32 version = 2;
  // An earlier revision; or empty, with a document.
  string revision = 3;
  string document_json = 4;
  // As in PutVersionRequest.
  string started_by = 5;
}
message GateRequest {
  string id = 1;
}
message Gate {
  // versions/gate/report.ts; empty if the revision was refused.
  string report_json = 1;
  repeated Diagnostic diagnostics = 2;
}
message ReplayHistoryRequest {
  string flow = 1;
  uint32 version = 2;
  string revision = 3;
  // As Temporal's tools write it.
  string history_json = 4;
}
message ReplayHistoryResponse {
  // versions/gate/verdict.ts
  string verdict_json = 1;
}
message EndGateResponse {}
message GoLiveRequest {
  string id = 1;
  string note = 2;
  // How many runs may break: they stay on their revision.
  uint32 breaking = 3;
  // As in PutVersionRequest.
  string published_by = 4;
}
message Switch {
  uint32 version = 1;
  string revision = 2;
  string replaced = 3;
  string by = 4;
  string note = 5;
  uint32 holding = 6;
  uint32 breaking = 7;
  int64 at_ms = 8;
}
message ListSwitchesRequest {
  string flow = 1;
}
message ListSwitchesResponse {
  repeated Switch switches = 1;
}
message RetireVersionRequest {
  string flow = 1;
  // 0 with retired: every version, so that the flow cannot be started. 0 without: if every version is retired, those
  // that were retired last are taken back.
  uint32 version = 2;
  // False: take the retirement back.
  bool retired = 3;
  string reason = 4;
  // Also where no other version starts runs: the flow cannot be started then.
  bool even_last = 5;
  // The person. It is used only if the caller may act for people; otherwise the key's owner is recorded.
  string changed_by = 6;
}
message RetireVersionResponse {}
message ListVersionsRequest {
  // Empty: all flows.
  string flow = 1;
}
message ListVersionsResponse {
  repeated Version versions = 1;
}
message GetVersionRequest {
  string flow = 1;
  // 0: the newest.
  uint32 version = 2;
  // Empty: the newest of that version.
  string revision = 3;
}
message GetVersionResponse {
  Version version = 1;
  string code = 2;
  string manifest_json = 3;
  string document_json = 4;
}
message Stored {
  // JSON (engine/flow/connections).
  string definition_json = 1;
  // Increases with every change.
  uint32 revision = 2;
  string created_by = 3;
  // Milliseconds since the epoch; 0 where there is none.
  int64 created_ms = 4;
  string changed_by = 5;
  int64 changed_ms = 6;
  string archived_by = 7;
  int64 archived_ms = 8;
}
message ListConnectionsRequest {
  // Empty: all connections, without their operations.
  string name = 1;
}
message ListConnectionsResponse {
  repeated Stored connections = 1;
  // Of the connection that was asked for.
  repeated Stored operations = 2;
  // Names and addresses in the configuration of the engine.
  repeated Environment environment = 3;
  // How many operations each connection has that are not archived.
  map<string, uint32> counts = 4;
  // What was read from the operator's own folder of activities, if its connection was asked for; null if there is none.
  string folder_json = 5;
  // The published versions that call the connection that was asked for.
  repeated Use uses = 6;
}
message Use {
  string flow = 1;
  string title = 2;
  repeated uint32 versions = 3;
  // The newest version of the flow is among them.
  bool newest = 4;
}
message Environment {
  string name = 1;
  string address = 2;
}
message FieldProblem {
  // JSON array of strings and numbers.
  string path_json = 1;
  string message = 2;
}
message PutConnectionRequest {
  string definition_json = 1;
  // The revision that was changed; 0: a new connection.
  uint32 base = 2;
  // The person. It is used only if the caller may act for people; otherwise the key's owner is recorded.
  string changed_by = 3;
}
message PutConnectionResponse {
  // Absent if there are problems, and if somebody else changed it since.
  Stored connection = 1;
  repeated FieldProblem problems = 2;
  bool changed_meanwhile = 3;
}
message ArchiveConnectionRequest {
  string name = 1;
  // False: restore it.
  bool archived = 2;
  string changed_by = 3;
}
message ArchiveConnectionResponse {}
message PutOperation {
  string definition_json = 1;
  uint32 base = 2;
}
message PutOperationsRequest {
  string connection = 1;
  repeated PutOperation operations = 2;
  string changed_by = 3;
}
message PutOperationsResponse {
  repeated Stored operations = 1;
  // By place in the request: the first element of a path.
  repeated FieldProblem problems = 2;
  // Names of operations that somebody else changed since.
  repeated string changed_meanwhile = 3;
}
message ArchiveOperationRequest {
  string connection = 1;
  string name = 2;
  bool archived = 3;
  string changed_by = 4;
}
message ArchiveOperationResponse {}
message TestConnectionRequest {
  string name = 1;
}
message SendOnceRequest {
  string operation_json = 1;
  string input_json = 2;
}
message CallReport {
  // JSON (engine/connections/service-call.ts).
  string report_json = 1;
  repeated FieldProblem problems = 2;
}
message GetCatalogueRequest {
  // What is wanted in full. Empty, and not brief: everything.
  repeated string names = 1;
  // The others are wanted too, as lists show them.
  bool brief = 2;
}
message GetCatalogueResponse {
  string catalogue_json = 1;
}
message PutSecretRequest {
  string name = 1;
  string value = 2;
  // The person. It is used only if the caller may act for people; otherwise the key's owner is recorded.
  string changed_by = 3;
}
message PutSecretResponse {}
message ListSecretsRequest {}
message ListSecretsResponse {
  repeated string names = 1;
}
message TrialRequest {
  // A flow document, JSON.
  string document_json = 1;
  // try or matrix
  string what = 2;
  // JSON: engine/flow/trial-plan.ts.
  string plan_json = 3;
  // The person who tries. It is used only if the caller may act for people.
  string person = 4;
}
message CompileRequest {
  // A flow document, JSON.
  string document_json = 1;
  // The version that it would be published as, from 1.
  int32 version = 2;
  // code or project
  string what = 3;
  // Of a project of a published version: its copies of operations are used. Empty: the operations as they are now.
  string workflow_type = 4;
}
message CompileResponse {
  // JSON: the part 'code', 'project' or 'refused' of engine/trial/parts.ts.
  string part_json = 1;
}
message TrialPart {
  // engine/trial/parts.ts
  string kind = 1;
  // The part itself, with its kind.
  string json = 2;
}
message SettleEffectRequest {
  string namespace = 1;
  string workflow_id = 2;
  string run_id = 3;
  // Of the forward activity.
  string activity_id = 4;
  // notApplied: it did not happen. undone: it was undone by hand. remains: it happened and remains.
  string found = 5;
}
message SettleEffectResponse {}
message KeepRunRequest {
  string namespace = 1;
  string workflow_id = 2;
  string run_id = 3;
  bool is_kept = 4;
}
message KeepRunResponse {}
message QueryAtRequest {
  string namespace = 1;
  string workflow_id = 2;
  string run_id = 3;
  int64 event_id = 4;
  // Of a query without an argument.
  string query_type = 5;
}
message QueryAtResponse {
  string result_json = 1;
}
message NextRemovalRequest {
  string namespace = 1;
  string flow = 2;
}
// Empty if nothing of the flow is removed by itself. A run that a person keeps, or of which an effect remains that nobody
// has acknowledged, is passed over.
message NextRemovalResponse {
  string workflow_id = 1;
  string run_id = 2;
  // When its period ends: milliseconds since the epoch.
  int64 at_ms = 3;
}
message StartRunsBatchRequest {
  string namespace = 1;
  // Sent twice, it is one batch.
  string job_id = 2;
  // Either a filter of lists, or at most 1,000 runs.
  string visibility_query = 3;
  repeated RunName runs = 4;
  string reason = 5;
  // The person for whom the web asks.
  string identity = 6;
  // pause, unpause or resetToStep
  string kind = 7;
  // Of resetToStep: the id of the node of the flow.
  string step = 8;
  // Of resetToStep: messages that came after the point are not delivered again.
  bool without_signals = 9;
  bool without_updates = 10;
}
message StartRunsBatchResponse {}
message RunName {
  string workflow_id = 1;
  string run_id = 2;
}
message ListBatchResultsRequest {
  string namespace = 1;
  string job_id = 2;
  // done, nothing (it had closed, or there was nothing to do), refused, or waiting for runs that were not asked yet; all
  // that were asked if it is empty.
  string outcome = 3;
  int32 page_size = 4;
  string page_token = 5;
}
message ListBatchResultsResponse {
  repeated BatchResult results = 1;
  // Empty after the last page.
  string next_page_token = 2;
}
message BatchResult {
  string workflow_id = 1;
  string run_id = 2;
  string outcome = 3;
  string problem = 4;
  // When it was asked, milliseconds since the epoch; 0 if it was not.
  int64 at_ms = 5;
}
message CountEndedRequest {
  string namespace = 1;
  // runs or steps
  string of = 2;
  // Milliseconds since the epoch.
  int64 since_ms = 3;
  // The length of a cell; 0: one cell for each type and step.
  int64 per_ms = 4;
  // For steps one of the bounds by which they are counted (engine/step-bounds.ts).
  int64 slower_than_ms = 5;
}
message CountEndedResponse {
  // In the order of time.
  repeated EndedCell cells = 1;
}
message EndedCell {
  string workflow_type = 1;
  // Empty for runs.
  string step = 2;
  // The begin of the cell; 0 if there is only one.
  int64 at_ms = 3;
  int64 ended = 4;
  int64 failed = 5;
  int64 slower = 6;
}
message ListAttentionRequest {
  string namespace = 1;
  // Failed runs that closed before are left out. Milliseconds since the epoch.
  int64 closed_since_ms = 2;
}
message ListAttentionResponse {
  // At most 500, the most frequent first.
  repeated AttentionGroup groups = 1;
}
message AttentionGroup {
  string workflow_type = 1;
  // failed, retries, stuck, asks or remains
  string kind = 2;
  // '-' where none is known.
  string step = 3;
  string error = 4;
  int64 count = 5;
  // The earliest and the latest, milliseconds since the epoch.
  int64 first_ms = 6;
  int64 last_ms = 7;
  // The latest run.
  string workflow_id = 8;
  string run_id = 9;
  // What its error says; empty if lists do not show it.
  string text = 10;
}
message DescribeWorkersRequest {
  string namespace = 1;
}
message DescribeWorkersResponse {
  EngineProcess engine = 1;
  repeated ServedVersion versions = 2;
  repeated QueueBacklog backlogs = 3;
  // The engines that wait to take over, the longest first.
  repeated Standby standbys = 4;
}
message Standby {
  // Host and process: 'host/17'.
  string name = 1;
  // Since when it waits, milliseconds since the epoch.
  int64 since_ms = 2;
}
message EngineProcess {
  string host = 1;
  int64 pid = 2;
  // Of Backstitch, and of Node.
  string version = 3;
  string node = 4;
  // When it started, milliseconds since the epoch.
  int64 started_ms = 5;
  // It is the one that writes.
  bool holds_lease = 6;
  int64 resident_bytes = 7;
  int64 runs_in_memory = 8;
  // Runs whose code is in the threads of the worker, and how many threads there are.
  int64 hosted_runs = 9;
  int64 threads = 10;
  // Threads that were ended since the start, because code did not return or took all memory.
  int64 ended_threads = 11;
  // What its worker calls itself, and the queue that it serves.
  string identity = 12;
  string task_queue = 13;
  // In the last minute.
  int64 workflow_tasks = 14;
  int64 attempts = 15;
}
message ServedVersion {
  string flow = 1;
  string workflow_type = 2;
  // The revision on which new runs start.
  string live = 3;
  repeated string revisions = 4;
  bool retired = 5;
}
message QueueBacklog {
  string task_queue = 1;
  // workflow or activity
  string kind = 2;
  int64 count = 3;
  // Since when the oldest waits, milliseconds since the epoch.
  int64 since_ms = 4;
  // The most frequent types, at most 20.
  repeated TypeCount types = 5;
}
message TypeCount {
  string name = 1;
  int64 count = 2;
}
// The lease of the engine under which a change was written, and its number under that lease. Compared in this order.
message ChangePosition {
  int64 epoch = 1;
  int64 number = 2;
}
message ListChangesRequest {
  string namespace = 1;
  ChangePosition after = 2;
  // 1 to 1000, of changes that are looked at, in all namespaces.
  int64 limit = 3;
}
message ListChangesResponse {
  repeated RunChange changes = 1;
  // Continue after this position.
  ChangePosition through = 2;
  // Changes up to this position are removed already; missing if none is.
  ChangePosition removed = 3;
  // There are no more now.
  bool is_end = 4;
}
message RunChange {
  ChangePosition position = 1;
  // Milliseconds since the epoch.
  int64 at_ms = 2;
  bool starts = 3;
  bool closes = 4;
  string workflow_id = 5;
  string run_id = 6;
  string workflow_type = 7;
  // Temporal's WorkflowExecutionStatus.
  int64 status = 8;
  int64 history_length = 9;
  // The state as lists know it: ToldState of engine/visibility/change.ts.
  string told_json = 10;
}
message FindChangesRequest {
  // Milliseconds since the epoch; 0: changes from now on.
  int64 since_ms = 1;
}
message WatchRequest {
  string namespace = 1;
  // Empty: every run of the namespace.
  string workflow_id = 2;
}
message Hint {
  // Increases within one engine process; starts again after a takeover.
  int64 sequence = 1;
  string namespace = 2;
  string workflow_id = 3;
  string run_id = 4;
  // What changed, in the engine's words, e.g. history, pending, closed.
  string kind = 5;
}
`;
