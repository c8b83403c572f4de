/**
 * What becomes of a field of a request. Every field of every answered request has one of four fates, so that nothing
 * that is accepted has no effect:
 *
 * - honoured: the engine acts as the field says.
 * - stored: the value is kept and returned; `at` says where it is read back.
 * - ignored: a Temporal server ignores it too; `source` is the file of temporalio/temporal v1.29.1 that shows this.
 * - refused: a request that sets it is rejected with the name of the field. 'UNIMPLEMENTED' for what a Temporal server
 *   can do and this engine cannot, 'INVALID_ARGUMENT' for what a Temporal server rejects too.
 *
 * A fate of a message holds for everything in it; only a message that is honoured is divided into its fields, because
 * a new field of it would otherwise count as honoured.
 */
export type Fate =
  | { fate: 'honoured' }
  | { fate: 'stored'; at: string }
  | { fate: 'ignored'; why: string; source: string }
  | { fate: 'refused'; code: 'INVALID_ARGUMENT' | 'UNIMPLEMENTED'; why: string };

/** The fields of a message by their names in JSON, e.g. 'workflowId'. */
export interface Fields {
  readonly [name: string]: Fate | Fields;
}

export const isFate = (entry: Fate | Fields): entry is Fate => typeof entry.fate === 'string';

export const honoured: Fate = { fate: 'honoured' };
/** `at`: see read-back.test.ts, e.g. 'event.links' or 'describe.executionConfig.userMetadata'. */
export const stored = (at: string): Fate => ({ fate: 'stored', at });
export const ignored = (why: string, source: string): Fate => ({ fate: 'ignored', why, source });
/** As a Temporal server refuses it. */
export const refused = (why: string): Fate => ({ fate: 'refused', code: 'INVALID_ARGUMENT', why });
export const notYet = (why: string): Fate => ({ fate: 'refused', code: 'UNIMPLEMENTED', why });
