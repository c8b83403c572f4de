/** Input types of the activities, from the catalogue when the flow was published. */

/** http.request: HTTP request */
export interface HttpRequestInput {
  method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** The name of an HTTP connection of Settings, or of BACKSTITCH_CONNECTIONS; with a path. */
  connection?: string;
  /** Below the connection’s base URL, e.g. /payments. */
  path?: string;
  /** Whole address, instead of connection and path. */
  url?: string;
  query?: Record<string, unknown>;
  headers?: Record<string, string>;
  /**
   * Header → name of a stored secret that contains the whole value. Only the name is written to
   * the history.
   */
  secretHeaders?: Record<string, string>;
  body?: unknown;
  /** How the body is written; JSON without it. */
  encoding?: {
    kind: 'form' | 'multipart';
    lists: 'repeated' | 'indexed' | 'brackets' | 'commas' | 'json';
    groups: 'brackets' | 'dots' | 'json';
    fields?: Record<
      string,
      {
        lists: 'repeated' | 'indexed' | 'brackets' | 'commas' | 'json';
        groups: 'brackets' | 'dots' | 'json';
      }
    >;
  };
  /** JSON Schema of the answer’s body; another answer fails with ResponseInvalid. */
  responseSchema?: Record<string, unknown>;
  /**
   * body: the parsed body. full: { status, headers, body }. lookup: { applied, output }, where
   * 404 and 410 mean that it was not applied.
   */
  answer?: 'body' | 'full' | 'lookup';
  /** Retry on */
  retryableStatuses?: number[];
  /** Fails with NotApplied: there is nothing to undo. */
  notAppliedStatuses?: number[];
  /** Largest answer */
  maxResponseBytes?: number;
}
