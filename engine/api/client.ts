/**
 * Client of `backstitch.v1` for the web: plain objects as requests and answers, one connection, a deadline for every
 * call.
 */
import { Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import type { Diagnostic, Severity } from '../flow/diagnostic';
import type { FlowDocument } from '../flow/document';
import type { FlowManifest } from '../flow/manifest';
import type {
  CheckKeyResponse,
  CreateKeyRequest,
  CreateKeyResponse,
  GetVersionResponse,
  HintMessage,
  KeyMessage,
  KeyOwnerMessage,
  ListKeysResponse,
  ListSecretsResponse,
  ListVersionsResponse,
  PutVersionResponse,
  RevokeKeyResponse,
  SettleEffectRequest,
  VersionMessage,
} from './messages';
import { backstitchDefinition } from './service-definition';

export type { HintMessage, KeyMessage, KeyOwnerMessage, VersionMessage } from './messages';

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

export interface BackstitchClient {
  /** `base`: the newest version that the publisher saw, 0 for none; undefined if it is unknown. */
  putVersion(document: unknown, publishedBy?: string, base?: number): Promise<PutVersionResult>;
  /** Newest first within a flow; all flows if no flow is named. */
  listVersions(flow?: string): Promise<VersionMessage[]>;
  /** The newest version unless one is given. Rejects with code NOT_FOUND. */
  getVersion(flow: string, version?: number, revision?: string): Promise<VersionContent>;
  /** Stores what a person found out about an effect of a closed run. The lists and counts of effects are updated. */
  settleEffect(effect: SettleEffectRequest): Promise<void>;
  putSecret(name: string, value: string): Promise<void>;
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
  close(): void;
}
export interface WatchListener {
  onHint(hint: HintMessage): void;
  onOpen?(): void;
  onEnd?(error: ServiceError | null): void;
}

const CALL_DEADLINE_MS = 10_000;
/** Pages make these reads, and no page may hang because the engine hangs. */
const READ_DEADLINE_MS = 2_000;
/** The type check alone may take ten seconds. */
const PUBLISH_DEADLINE_MS = 60_000;

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
    async putVersion(document, publishedBy = '', base) {
      const basePlusOne = base === undefined ? 0 : base + 1;
      const request = { documentJson: JSON.stringify(document), publishedBy, basePlusOne };
      const response = await call<PutVersionResponse>('PutVersion', request, PUBLISH_DEADLINE_MS);
      return {
        version: response.version ?? null,
        manifest: response.manifestJson ? (JSON.parse(response.manifestJson) as FlowManifest) : null,
        again: response.again,
        diagnostics: response.diagnostics.map((diagnostic) => ({
          code: diagnostic.code,
          severity: diagnostic.severity as Severity,
          nodeId: diagnostic.nodeId || null,
          path: JSON.parse(diagnostic.pathJson) as (string | number)[],
          message: diagnostic.message,
          ...(diagnostic.fix ? { fix: diagnostic.fix } : {}),
        })),
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
    async settleEffect(effect) {
      await call('SettleEffect', effect);
    },
    async putSecret(name, value) {
      await call('PutSecret', { name, value });
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
    close: () => client.close(),
  };
}
