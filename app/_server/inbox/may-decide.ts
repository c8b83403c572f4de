/** Who may decide a task in their own name. For somebody else: delegate.ts. In a query: for-whom.ts. */
import type { Person } from '@/app/_contract/people';
import { whyNot } from '@/engine/permissions/permissions';
import { namesOneOf } from '@/engine/saga/people';
import { whyNotVote } from '@/engine/saga/votes';
import type { HumanTask } from '@/prisma/client/client';
import { namesOf, pollOf, votesOfTask } from './decisions';

export type Asked = Pick<
  HumanTask,
  | 'flow'
  | 'candidates'
  | 'fromData'
  | 'excluded'
  | 'decisions'
  | 'forbidStarter'
  | 'starterId'
  | 'howMany'
  | 'againByName'
  | 'votes'
>;

/** With the code with which a decision is refused. */
export interface WhyNot {
  /** 'alreadyDecided': the person has voted, or somebody else has for the same candidate. */
  code: 'notAllowed' | 'notCandidate' | 'alreadyDecided';
  message: string;
}

/** Why the actor may not decide this task; null if they may. */
export function whyNotDecide(actor: Person, task: Asked): WhyNot | null {
  const { flow, candidates, fromData, forbidStarter, starterId } = task;
  const role = whyNot(actor, 'inbox.decide', flow);
  if (role) return { code: 'notAllowed', message: role };
  if (fromData && candidates.length === 0)
    return {
      code: 'notCandidate',
      message: 'The data of this run names nobody who may decide. An operator must say who.',
    };
  if (!isCandidate(actor, candidates)) {
    return { code: 'notCandidate', message: `Only ${candidates.join(', ')} may decide this.` };
  }
  if (forbidStarter && starterId === actor.id) {
    return {
      code: 'notCandidate',
      message: 'You started this run, and somebody else must decide this approval.',
    };
  }
  if (isExcluded(actor, task)) {
    const message = 'You may not decide this: you decided before in this run, or the flow excludes you.';
    return { code: 'notCandidate', message };
  }
  const poll = pollOf(task);
  const voter = { id: actor.id, names: [actor.id, ...namesOf(actor, candidates)] };
  const why = poll && whyNotVote(poll, votesOfTask(task), voter);
  if (why) return { code: why.kind === 'voted' ? 'alreadyDecided' : 'notCandidate', message: why.message };
  return null;
}

/** Why the actor may not decide it, whoever is asked and whatever was voted; null: they may if they are asked. */
export function whyNever(actor: Person, task: Asked): 'noRight' | 'starter' | 'excluded' | null {
  if (whyNot(actor, 'inbox.decide', task.flow)) return 'noRight';
  if (task.forbidStarter && task.starterId === actor.id) return 'starter';
  return isExcluded(actor, task) ? 'excluded' : null;
}

/** The flow says that the person may not decide, in their own name or for somebody else. */
export const isExcluded = (person: Person, { excluded }: Pick<HumanTask, 'excluded'>): boolean =>
  namesOneOf(excluded, [person.id, person.email, ...person.groups]);

/**
 * Candidates are groups or e-mail addresses; an empty list means everybody. The display name is not compared, because
 * anybody can choose any name.
 */
export function isCandidate(actor: Person, candidates: readonly string[]): boolean {
  if (candidates.length === 0) return true;
  const email = actor.email.toLowerCase();
  return candidates.some((each) => each === actor.id || each.toLowerCase() === email || actor.groups.includes(each));
}
