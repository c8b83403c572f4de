/** The input of `http.request`. definition.ts describes it for people. */
export interface HttpRequestInput {
  method?: string;
  connection?: string;
  path?: string;
  url?: string;
  query?: Record<string, unknown>;
  headers?: Record<string, string>;
  secretHeaders?: Record<string, string>;
  body?: unknown;
  /** `BodyEncoding`: how the body is sent as a form; absent: as JSON. */
  encoding?: unknown;
  responseSchema?: unknown;
  answer?: 'body' | 'full' | 'lookup';
  retryableStatuses?: number[];
  notAppliedStatuses?: number[];
  maxResponseBytes?: number;
}

/** Returns a stored secret by name; null if there is none. */
export type SecretReader = (name: string) => Promise<string | null>;
