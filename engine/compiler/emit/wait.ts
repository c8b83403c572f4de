/** A wait for a duration or until an instant. */
import type { WaitNode } from '../../flow/nodes/wait';
import type { NodeEmitter } from './emitter';
import { expression, milliseconds, text } from './print';

export const wait: NodeEmitter<WaitNode> = {
  statements({ id, duration, until, zone }) {
    if (until !== undefined) {
      const inZone = zone === undefined ? '' : `, ${text(zone)}`;
      return `await s.waitUntil(${text(id)}, ${expression(until)}${inZone});`;
    }
    const ms = typeof duration === 'string' ? milliseconds(duration) : expression(duration?.$expr ?? '0');
    return `await s.wait(${text(id)}, ${ms});`;
  },
};
