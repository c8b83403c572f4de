import type { FlowManifest } from '../flow/manifest';
import type { ActivityRecord } from './records';

/** What an activity does, in words that can begin a sentence. */
export function deedOf(
  { parsed, activityType }: Pick<ActivityRecord, 'parsed' | 'activityType'>,
  manifest: FlowManifest
): string {
  if (!parsed) return activityType;
  const node = manifest.nodes[parsed.nodeId];
  const title = node?.title ?? parsed.nodeId;
  switch (parsed.role) {
    case 'undo':
      return node?.undo?.title ?? `Undo of ${title}`;
    case 'check':
      return `The look-up of its outcome (${title})`;
    case 'open':
    case 'ask':
    case 'back':
    case 'close':
      return `The task in the inbox (${title})`;
    case 'do':
      return title;
  }
}
