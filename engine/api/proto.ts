/** The contract of `backstitch.v1`, as text: a built process has no files beside it to read it from. */
export const BACKSTITCH_PROTO = `
syntax = "proto3";
package backstitch.v1;

// What Temporal's WorkflowService has no words for: published versions of flows, secrets, and hints that something changed.
// Served beside it, on the same address, with the same bearer keys.
service Backstitch {
  // Publish a flow document. Publishing what is the newest version already answers with that version.
  // A document that cannot be published is answered with diagnostics, not with an error. Permission: design.
  rpc PutVersion(PutVersionRequest) returns (PutVersionResponse);
  // Newest first. Permission: read.
  rpc ListVersions(ListVersionsRequest) returns (ListVersionsResponse);
  // Permission: read.
  rpc GetVersion(GetVersionRequest) returns (GetVersionResponse);
  // Store a value that steps may name. It can be replaced, never read back. Permission: secrets.
  rpc PutSecret(PutSecretRequest) returns (PutSecretResponse);
  // Names only. Permission: design.
  rpc ListSecrets(ListSecretsRequest) returns (ListSecretsResponse);
  // That something about a run changed, as it happens. A hint says where to look, not what is there. A slow reader gets
  // fewer, newer hints. Permission: read.
  rpc Watch(WatchRequest) returns (stream Hint);
  // What a person found out about an effect of a closed run. It is kept with the run, and what the run left behind is counted again:
  // its search attributes SagaPhase and SagaStanding follow. The last word counts. Permission: resolve.
  rpc SettleEffect(SettleEffectRequest) returns (SettleEffectResponse);
  // Keys of people, for programs. The web asks for all of this; permission: speakForPeople.
  // Every key, also those that ended; never the key itself.
  rpc ListKeys(ListKeysRequest) returns (ListKeysResponse);
  // The answer is the only place where the key is told.
  rpc CreateKey(CreateKeyRequest) returns (CreateKeyResponse);
  // From now on no call is answered for it, and open ones end.
  rpc RevokeKey(RevokeKeyRequest) returns (RevokeKeyResponse);
  // Whose key has this digest. Permission: checkKeys.
  rpc CheckKey(CheckKeyRequest) returns (CheckKeyResponse);
  // What the owner of keys may now: no key of theirs may more.
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
  // Absent: not a key that counts now.
  Key key = 1;
}
message PutKeyOwnerRequest {
  KeyOwner owner = 1;
}
message PutKeyOwnerResponse {}

message PutVersionRequest {
  // A flow document, JSON.
  string document_json = 1;
  // Who publishes, for the record. Counts only from a process that speaks for people; otherwise the key's owner is recorded.
  string published_by = 2;
  // The newest version that the publisher saw, plus one: 1 says that there was none. 0: it does not say. When another one was
  // published since, the answer has diagnostics with the code 'published-meanwhile', and nothing is published.
  uint32 base_plus_one = 3;
}
message PutVersionResponse {
  // Absent when there are errors.
  Version version = 1;
  string manifest_json = 2;
  // The newest version had this very content.
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
  // sha256, hex, of what runs.
  string sha = 8;
  string created_by = 9;
  // Milliseconds since the epoch.
  int64 created_ms = 10;
}
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
message PutSecretRequest {
  string name = 1;
  string value = 2;
}
message PutSecretResponse {}
message ListSecretsRequest {}
message ListSecretsResponse {
  repeated string names = 1;
}
message SettleEffectRequest {
  string namespace = 1;
  string workflow_id = 2;
  string run_id = 3;
  // Of the forward activity.
  string activity_id = 4;
  // notApplied: it did not happen. undone: it was undone by hand. remains: it happened, and remains.
  string found = 5;
}
message SettleEffectResponse {}
message WatchRequest {
  string namespace = 1;
  // Empty: every run of the namespace.
  string workflow_id = 2;
}
message Hint {
  // Grows within one engine process; starts anew after a takeover.
  int64 sequence = 1;
  string namespace = 2;
  string workflow_id = 3;
  string run_id = 4;
  // What changed, in the engine's words, e.g. history, pending, closed.
  string kind = 5;
}
`;
