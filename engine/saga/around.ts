/** What branches and loops need of the part of the flow around them. */
import type { ItemPath } from './item-path';
import type { Scope } from './ledger';
import type { Cursor, SagaState } from './state';

export interface Around<Saga> {
  state: SagaState;
  scope: Scope;
  cursor: Cursor;
  itemPath: ItemPath;
  /** The flow inside another scope; in a branch with a cursor of its own, in a loop with the path of the item. */
  inside(scope: Scope, cursor?: Cursor, path?: ItemPath): Saga;
  /** Converts an error of generated code to a failure, with the node that it comes from. */
  known(error: unknown, cursor: Cursor): unknown;
}
