/** One step of the chain in migrations.ts. */
export type JsonObject = Record<string, unknown>;

export interface Migration {
  /** The format that this step reads; its result has the next one. */
  from: number;
  /** What changed, for readers of this list. */
  change: string;
  /** May change and return its argument. The chain sets `format` of the result. */
  migrate(document: JsonObject): JsonObject;
  /**
   * The document in the format that this step reads, if it says nothing that only the newer format can say; otherwise
   * null. Must not change its argument.
   */
  back(document: JsonObject): JsonObject | null;
}
