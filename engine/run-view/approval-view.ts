/** An approval on the screens: the activities that opened and closed its task, and the decision. */
import { offeredBy, type CloseTaskInput, type OpenTaskInput } from '../saga/contract';
import { decisionsOf } from '../flow/nodes/approval';
import type { ApprovalNode } from '../flow/document';
import { catchesOf } from '../flow/tree';
import type { NodeView, RunFacts } from './model';
import { approvalDecisions, type Records } from './records';

/** [N3] */
export function approvalView(view: NodeView, node: ApprovalNode, facts: RunFacts, records: Records): NodeView {
  const of = (role: 'open' | 'close') =>
    records.activities.findLast((each) => each.parsed?.nodeId === node.id && each.parsed.role === role);
  const open = of('open');
  if (!open) return view;
  const task = open.input as Partial<OpenTaskInput> | null | undefined;
  Object.assign(view, {
    startedMs: open.scheduledMs,
    input: task?.data,
    note: noteOf(node, task, facts),
  });
  const votes = votesOf(node, task, records);
  const close = of('close');
  if (!close || close.scheduledEventId < open.scheduledEventId) {
    const waits = facts.nodes?.waitsFor.some((wait) => wait.nodeId === node.id) ?? open.outcome === 'completed';
    view.state = waits
      ? 'waitsForPerson'
      : open.outcome === 'failed' || open.outcome === 'timedOut'
        ? 'failed'
        : 'running';
    view.failure = open.failure;
    const goesOnAtMs = decidedIn(task, facts)?.goesOnAtMs;
    view.dueMs = goesOnAtMs ?? (task?.endsAtMs === undefined ? task?.dueAtMs : task.endsAtMs) ?? null;
    if (votes.length > 0) {
      view.note = progressWords(node, votes);
      view.output = { votes };
    }
    return view;
  }
  const settled = close.input as Partial<CloseTaskInput> | null | undefined;
  // A decision may be recorded several times; the first one counts.
  const taken = approvalDecisions(records).find((each) => each.decision.taskId === task?.taskId);
  const by = settled?.decidedBy ?? taken?.by ?? null;
  const comment = settled?.comment ?? taken?.decision.comment ?? '';
  view.endedMs = close.closedMs ?? close.scheduledMs;
  // Of an approval that names its decisions.
  const named = offeredBy(node).find(({ key }) => key === settled?.decision);
  view.output =
    named === undefined
      ? { decision: settled?.outcome, decidedBy: by, comment }
      : { decision: named.key, decidedBy: by, comment, values: settled?.values };
  if (votes.length > 0) Object.assign(view.output as object, { votes });
  const said = (usual: string) => `${named?.title ?? usual}${by ? `${named ? ': ' : ' by '}${by}` : ''}`;
  const catches = catchesOf(node).length > 0;
  switch (settled?.outcome) {
    case 'approved':
      return { ...view, state: 'done', note: said('Approved') };
    case 'rejected':
      return {
        ...view,
        state: node.onReject ? 'done' : 'failed',
        note: said('Rejected'),
        failure: node.onReject || catches ? null : { type: 'Rejected', message: comment || 'was rejected' },
      };
    case 'disagreed':
      return {
        ...view,
        state: 'failed',
        note: 'Those who were asked did not agree',
        failure: catches ? null : { type: 'NoAgreement', message: 'those who were asked did not agree' },
      };
    case 'timedOut': {
      const counts = decisionsOf(node).find(({ key }) => key === node.onTimeout);
      return counts && !counts.turnsBack
        ? { ...view, state: 'done', note: `${node.decisions ? counts.title : 'Approved'} after the timeout` }
        : {
            ...view,
            state: 'failed',
            note: 'Nobody decided in time',
            failure: { type: 'Timeout', message: 'nobody decided in time' },
          };
    }
    default:
      return open.outcome === 'failed'
        ? { ...view, state: 'failed', note: 'The task could not be opened', failure: open.failure }
        : { ...view, state: 'cancelled', note: null };
  }
}

interface ShownVote {
  decision: string;
  by: string;
  comment: string;
  values?: unknown;
}
/** The votes that the run has taken, in their order; empty where one person decides. A repeated vote counts once. */
function votesOf(node: ApprovalNode, task: Partial<OpenTaskInput> | null | undefined, records: Records): ShownVote[] {
  if (node.howMany === undefined) return [];
  const byPerson = new Map<string, ShownVote>();
  for (const { decision, by } of approvalDecisions(records)) {
    if (decision.taskId !== task?.taskId || byPerson.has(decision.actor.id)) continue;
    const { comment, values } = decision;
    byPerson.set(decision.actor.id, {
      decision: decision.decision,
      by,
      comment,
      ...(values === undefined ? {} : { values }),
    });
  }
  return [...byPerson.values()];
}

/** '1 of 2: Approve by Ada'. */
function progressWords(node: ApprovalNode, votes: readonly ShownVote[]): string {
  const needed = typeof node.howMany === 'number' ? node.howMany : node.candidates.length;
  const titles = new Map(decisionsOf(node).map(({ key, title }) => [key, title]));
  const said = votes.map(({ decision, by }) => `${titles.get(decision) ?? decision} by ${by}`);
  return `${votes.length} of ${needed}: ${said.join(', ')}`;
}

/** Who is asked now: of those whom the task named first, an operator may have said another. */
function noteOf(node: ApprovalNode, task: Partial<OpenTaskInput> | null | undefined, { nodes }: RunFacts): string {
  const wait = nodes?.waitsFor.find((each) => each.kind === 'approval' && each.taskId === task?.taskId);
  const candidates = (wait?.kind === 'approval' ? wait.candidates : undefined) ?? task?.candidates ?? node.candidates;
  const events = wait?.kind === 'approval' ? (wait.events ?? []) : [];
  const escalated = events.findLast(({ kind }) => kind === 'escalated');
  const decided = wait?.kind === 'approval' ? wait.decided : undefined;
  if (decided) return decidedWords(decided);
  const whom = waitsForWhom(candidates, task?.fromData);
  return escalated ? `${whom}; escalated because nobody decided` : whom;
}

/** It is decided, and the run waits because that can be taken back. */
function decidedIn(task: Partial<OpenTaskInput> | null | undefined, { nodes }: RunFacts) {
  const wait = nodes?.waitsFor.find((each) => each.kind === 'approval' && each.taskId === task?.taskId);
  return wait?.kind === 'approval' ? wait.decided : undefined;
}

/** 'Ada has decided, and can take it back'. */
export const decidedWords = ({ by }: { by: string | null }): string =>
  `${by === null ? 'Those who were asked did not agree, and' : `${by} has decided, and`} can take it back`;

/** 'Waits for finance', 'Waits for finance or ada@example.org', 'Waits for anybody'. */
export function waitsForWhom(candidates: readonly string[], fromData = false): string {
  if (candidates.length === 0 && fromData) return 'Waits until somebody is assigned: the data names nobody';
  if (candidates.length === 0) return 'Waits for anybody';
  // A group is written like a name; an address stays as it is.
  const names = candidates.map((name) => (name.includes('@') ? name : name.charAt(0).toUpperCase() + name.slice(1)));
  return `Waits for ${names.length === 1 ? names[0] : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`}`;
}
