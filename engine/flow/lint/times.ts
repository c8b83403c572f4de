/**
 * Times that do not fit into each other. What contains them ends first, so the longer time has no effect, or the flow
 * turns back while it is still in order to wait.
 */
import type { ActivityOptions } from '../activity-options';
import type { Catalogue } from '../catalogue';
import type { Diagnostic } from '../diagnostic';
import type { FlowDocument } from '../document';
import { durationMs } from '../duration';
import { callsOf } from '../nodes/step';
import { factsOf, type FlowNode } from '../nodes/table';
import type { Path } from '../report';

/** A time, with the words for it. */
interface Time {
  text: string;
  path: Path;
  what: string;
}

/** [L12] [L13] */
export function lintTimes(node: FlowNode, { deadline }: FlowDocument, catalogue: Catalogue): Diagnostic[] {
  const found: Diagnostic[] = [];
  const say = (code: string, path: Path, message: string, fix: string, proposed: string | number) =>
    void found.push({ code: `lint/${code}`, severity: 'warning', nodeId: node.id, path, message, fix, proposed });
  const within = (inner: Time | null, outer: Pick<Time, 'text' | 'what'> | null) => {
    if (!inner || !outer || !(durationMs(inner.text) > durationMs(outer.text))) return;
    const message = `${inner.what}, ${inner.text}, is longer than ${outer.what}, ${outer.text}, which ends first.`;
    say('time-too-long', inner.path, message, `Set it to ${outer.text} or less.`, outer.text);
  };
  const flow = deadline === undefined ? null : { text: deadline, what: 'the deadline of the flow' };

  const own = ownTime(node);
  if (node.kind === 'approval' && typeof node.due === 'string')
    within({ text: node.due, path: ['due'], what: 'The due time' }, own && { ...own, what: 'the time to decide' });
  if (node.kind === 'approval' && node.takeBack !== undefined)
    within(
      { text: node.takeBack, path: ['takeBack'], what: 'The time to take a decision back' },
      own && { ...own, what: 'the time to decide' }
    );
  within(own, flow);
  const step = factsOf(node).step(node);
  for (const { activity, options, path } of step ? callsOf(step) : []) {
    const defaults = Object.hasOwn(catalogue, activity) ? catalogue[activity]!.defaultOptions : {};
    const all: ActivityOptions = { ...defaults, ...options, retry: { ...defaults.retry, ...options?.retry } };
    const time = (name: 'startToCloseTimeout' | 'scheduleToCloseTimeout' | 'heartbeatTimeout', what: string) =>
      all[name] === undefined ? null : { text: all[name], path: [...path, 'options', name], what };
    const attempt = time('startToCloseTimeout', 'The time of one attempt');
    const total = time('scheduleToCloseTimeout', 'the time of all attempts together');
    within(attempt, total);
    within(
      time('heartbeatTimeout', 'The time between heartbeats'),
      attempt && { ...attempt, what: 'the time of one attempt' }
    );
    // The way back is not limited by the deadline.
    const limit = total ?? (path.length === 0 ? flow : null);
    if (path.length === 0) {
      within(attempt, flow);
      within(total && { ...total, what: 'The time of all attempts together' }, flow);
    }
    if (!limit) continue;
    const last = lastThatFits(all, durationMs(limit.text));
    const attempts = all.retry?.maximumAttempts ?? 0;
    if (attempts === 0 || last >= attempts || options?.retry?.maximumAttempts === undefined) continue;
    const message = `At most ${last} of its ${attempts} attempts can begin: the pauses between them are longer than ${limit.what}, ${limit.text}.`;
    say(
      'retry-does-not-fit',
      [...path, 'options', 'retry', 'maximumAttempts'],
      message,
      'Allow fewer attempts, shorter pauses or more time.',
      last
    );
  }
  return found;
}

/** How long the node itself waits at most. */
function ownTime(node: FlowNode): Time | null {
  switch (node.kind) {
    case 'approval':
      return node.timeout === undefined ? null : { text: node.timeout, path: ['timeout'], what: 'The time to decide' };
    case 'waitForSignal':
      return node.timeout === undefined ? null : { text: node.timeout, path: ['timeout'], what: 'The time limit' };
    case 'wait':
      return typeof node.duration === 'string' ? { text: node.duration, path: ['duration'], what: 'The wait' } : null;
    default:
      return null;
  }
}

/** The number of the last attempt that begins within the time, if every attempt fails at once. */
function lastThatFits({ retry = {} }: ActivityOptions, withinMs: number): number {
  const attempts = retry.maximumAttempts ?? 0;
  let pauseMs = durationMs(retry.initialInterval ?? '1s');
  const longestMs = retry.maximumInterval === undefined ? pauseMs * 100 : durationMs(retry.maximumInterval);
  let beginsMs = 0;
  for (let attempt = 1; attempt < attempts; attempt++) {
    beginsMs += Math.min(pauseMs, longestMs);
    pauseMs *= retry.backoffCoefficient ?? 2;
    if (beginsMs > withinMs || !(pauseMs > 0)) return attempt;
  }
  return attempts;
}
