/** A race: one function for each branch, with the handlers of their failures beside them. */
import type { RaceNode } from '../../flow/nodes/race';
import type { NodeEmitter } from './emitter';
import { branchFunctions } from './parallel';
import { text } from './print';

export const race: NodeEmitter<RaceNode> = {
  scope({ id, branches }, handlers, context) {
    return `s.race(${text(id)}, ${branchFunctions(branches, context)}${handlers === null ? '' : `, ${handlers}`})`;
  },
};
