/** The emitter of each kind of node. */
import type { FlowNode, NodeKind, Nodes } from '../../flow/nodes/table';
import { action } from './action';
import { approval } from './approval';
import { child } from './child';
import { choice } from './choice';
import type { NodeEmitter } from './emitter';
import { each } from './each';
import { end } from './end';
import { fail } from './fail';
import { group } from './group';
import { parallel } from './parallel';
import { race } from './race';
import { repeat } from './repeat';
import { set } from './set';
import { wait } from './wait';
import { waitForSignal } from './wait-for-signal';

const EMITTERS: { [Kind in NodeKind]: NodeEmitter<Nodes[Kind]> } = {
  action,
  choice,
  parallel,
  race,
  group,
  each,
  repeat,
  wait,
  waitForSignal,
  approval,
  child,
  set,
  fail,
  end,
};

/** The emitter of a node's kind, for this node. */
export const emitterOf = (node: FlowNode): NodeEmitter<FlowNode> => EMITTERS[node.kind];
