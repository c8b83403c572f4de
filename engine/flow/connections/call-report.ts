/** What a call outside of a run brought: 'Test' of a connection, and 'Send once' of an operation. */
export interface CallReport {
  /** Null: no answer came. */
  status: number | null;
  headers: Record<string, string>;
  /** The body, without secrets and shortened. */
  text: string;
  shortened: boolean;
  tookMs: number;
  /** True if the request left this machine. */
  sent: boolean;
  /** Why it counts as failed, as a step would report it; null: a step would have succeeded. */
  failure: { type: string; message: string } | null;
}
