/** A wait for a duration or until an instant. */
import type { WaitNode } from '../../flow/nodes/wait';
import type { NodeEmitter } from './emitter';
import { expression, text } from './print';

export const wait: NodeEmitter<WaitNode> = {
  statements({ id, duration, until, zone }) {
    if (until !== undefined) {
      const inZone = zone === undefined ? '' : `, ${text(zone)}`;
      return `await s.waitUntil(${text(id)}, ${expression(until)}${inZone});`;
    }
    const time = typeof duration === 'string' ? text(duration) : expression(duration?.$expr ?? '0');
    return `await s.wait(${text(id)}, ${time});`;
  },
};
