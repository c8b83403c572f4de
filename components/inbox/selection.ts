/**
 * Which tasks are ticked for one decision. Pure.
 *
 * Rules
 * [SEL1] Only tasks of the same question are ticked together: one answer means the same for all of them.
 * [SEL2] A range has every task of that question between the last ticked one and this one.
 * [SEL3] A task that the list has no longer, because somebody decided it, is no longer ticked.
 */
import type { InboxTask } from '@/app/_contract/inbox';

export interface Selection {
  /** In the order in which they were ticked. */
  taskIds: readonly string[];
  /** Null: nothing is ticked. */
  question: string | null;
}
export const NOTHING_TICKED: Selection = { taskIds: [], question: null };
/** More than anybody checks before a decision. */
export const TICKED_MOST = 100;

/** The step that asks, and what it offers. */
export const questionOf = ({ flow, nodeId, decisions }: Pick<InboxTask, 'flow' | 'nodeId' | 'decisions'>): string =>
  [flow, nodeId, ...decisions.map(({ key }) => key)].join('/');

/** [SEL1] */
export const mayTick = (selection: Selection, task: InboxTask): boolean =>
  task.settled === null && (selection.question === null || selection.question === questionOf(task));

/** `range`: up to this task from the one that was ticked last (Shift). */
export function tick(selection: Selection, rows: readonly InboxTask[], taskId: string, range = false): Selection {
  const task = rows.find((row) => row.taskId === taskId);
  if (!task || !mayTick(selection, task)) return selection;
  const { taskIds } = selection;
  const last = rows.findIndex((row) => row.taskId === taskIds.at(-1));
  if (range && last >= 0) {
    const at = rows.indexOf(task);
    const between = rows.slice(Math.min(last, at), Math.max(last, at) + 1);
    return withAll(selection, at < last ? between.reverse() : between);
  }
  if (!taskIds.includes(taskId)) return withAll(selection, [task]);
  const left = taskIds.filter((each) => each !== taskId);
  return left.length === 0 ? NOTHING_TICKED : { ...selection, taskIds: left };
}

export function withAll(selection: Selection, tasks: readonly InboxTask[]): Selection {
  const added = tasks.filter((task) => mayTick(selection, task) && !selection.taskIds.includes(task.taskId));
  const taskIds = [...selection.taskIds, ...added.map(({ taskId }) => taskId)].slice(0, TICKED_MOST);
  const [first] = added;
  return taskIds.length === 0 ? NOTHING_TICKED : { taskIds, question: selection.question ?? questionOf(first!) };
}

/** [SEL3] The same selection if nothing changed. */
export function stillOpen(selection: Selection, rows: readonly InboxTask[]): Selection {
  const open = new Set(rows.filter((row) => row.settled === null).map(({ taskId }) => taskId));
  const taskIds = selection.taskIds.filter((each) => open.has(each));
  if (taskIds.length === selection.taskIds.length) return selection;
  return taskIds.length === 0 ? NOTHING_TICKED : { ...selection, taskIds };
}
