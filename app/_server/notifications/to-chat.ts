/**
 * What a chat is told of rows of the outbox: one text, as Slack, Teams and Mattermost take it.
 *
 * Rules
 * [NTT1] A message says what the page of the task shows, with a link to it, and nothing that is sensitive.
 * [NTT2] Texts of flows and data call nobody and format nothing.
 */
import type { TaskNotificationKind } from '@/app/_contract/notifications';
import { pages } from '@/app/_contract/routes';
import type { HumanTask, Notification } from '@/prisma/client/client';
import { settledWords } from '../inbox/view';
import { chatLine, plain } from './letter';
import type { Outgoing, Prepared } from './outgoing';
import { questionsOf } from './to-person';
import { asksChat, isAnswered, isOpenQuestion, questionIn } from './whom';

export async function toChat(web: Outgoing, chatId: string, rows: readonly Notification[]): Promise<Prepared> {
  const [chat, tasks, questions] = await Promise.all([
    web.database.chat.findUniqueOrThrow({ where: { id: chatId } }),
    web.database.humanTask.findMany({ where: { taskId: { in: rows.map(({ taskId }) => taskId) } } }),
    questionsOf(web, rows),
  ]);
  const byId = new Map(tasks.map((task) => [task.taskId, task]));
  const dropped = new Map<string, string>();
  const lines: string[] = [];
  for (const { id, kind, taskId, content } of rows) {
    const task = byId.get(taskId);
    if (!task) dropped.set(id, 'The task is gone.');
    else if (!asksChat(chat, task))
      dropped.set(id, task.settledAt ? settledWords(task) : 'Somebody has claimed it, or it asks others now.');
    else if (kind === 'question') {
      const question = questionIn(content, questions.filter(isOpenQuestion), taskId);
      if (question) lines.push(lineOf(web, 'question', task, question.ofName));
      else dropped.set(id, 'It was answered or withdrawn.');
    } else if (kind === 'answered') {
      const question = questionIn(content, questions.filter(isAnswered), taskId);
      if (question) lines.push(lineOf(web, 'answered', task, question.ofName));
      else dropped.set(id, 'The question is gone.');
    } else lines.push(lineOf(web, kind as TaskNotificationKind, task));
  }
  const text = lines.length > 1 ? [`${lines.length} approvals wait`, ...lines].join('\n') : (lines[0] ?? '');
  return { dropped, post: lines.length === 0 ? null : () => web.chatter.send(chat, text) };
}

const BEFORE: Partial<Record<TaskNotificationKind, string>> = { reminded: 'Reminder: ', overdue: 'Overdue: ' };
function lineOf({ config }: Outgoing, kind: TaskNotificationKind, task: HumanTask, of = ''): string {
  const words = harmless(chatLine(task));
  const who = harmless(plain(of));
  const before =
    kind === 'question'
      ? `A question to ${who}: `
      : kind === 'answered'
        ? `${who} has answered a question: `
        : (BEFORE[kind] ?? '');
  return `${before}${words}\n${config.webUrl.origin}${pages.task(task.taskId)}`;
}

/** [NTT2] Slack reads '<!channel>' and the entities; Mattermost and Teams read '@channel' and Markdown. */
export const harmless = (text: string): string =>
  text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/[*`[\]|]/g, (mark) => LIKE[mark] ?? mark)
    .replace(/@/g, '@\u2060');
/** Letters that look alike and format nothing. */
const LIKE: Readonly<Record<string, string>> = { '*': '∗', '`': 'ˋ', '[': '［', ']': '］', '|': '│' };
