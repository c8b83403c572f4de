/**
 * What a mail says, as plain text and as simple HTML. Pure.
 *
 * Rules
 * [NTL1] A mail shows what the page of the task shows: its title, its question, its data by their schema. What the schema calls
 *        sensitive is masked.
 * [NTL2] Its links only open pages: nothing is decided by opening one.
 * [NTL3] Texts of flows and data are text: no markup, no line break in a subject, no invisible characters.
 */
import { formatDay, formatDuration, formatMinute, parseDuration, wordsOf } from '@/engine/flow/values/format';
import { isExactData } from '@/engine/flow/values/json';
import { MASK, maskBySchema } from '@/engine/flow/values/mask';
import { writeMoney } from '@/engine/flow/values/money';
import { writeNumber, writePercent } from '@/engine/flow/values/numbers';
import { visibleText } from '@/engine/flow/values/text';
import type { JsonSchema } from '@/engine/flow/document';
import type { Followed } from '@/app/_contract/inbox';
import type { TaskNotificationKind } from '@/app/_contract/notifications';
import { endWords, FOUND_WORDS } from '@/engine/run-view/end-words';
import { fieldsOf, type Fields } from '@/engine/run-view/fields';
import type { HumanTask, HumanTaskQuestion } from '@/prisma/client/client';
import { decisionOf, decisionsOfTask } from '../inbox/decisions';

export interface Letter {
  subject: string;
  text: string;
  html: string;
}
/** One thing to tell, with what it says beside the task. */
export interface Said {
  kind: TaskNotificationKind;
  task: HumanTask;
  url: string;
  /** The name of the person who is away; null: they are asked themselves. */
  actingFor: string | null;
  followed: Followed | null;
  /** Of 'question' and 'answered'. */
  question: Pick<HumanTaskQuestion, 'text' | 'byName' | 'ofName' | 'answer'> | null;
}
export interface Reader {
  /** Whose clock the times are in. */
  zone: string;
  /** Where they choose what they get. */
  settingsUrl: string;
  /** A page that turns all mails off. */
  unsubscribeUrl: string;
}
type Clock = Pick<Reader, 'zone'>;

export type Part =
  | { heading: string }
  | { line: string }
  | { rows: [label: string, value: string][] }
  | { items: { title: string; detail: string; url: string | null }[] }
  | { link: string; words: string }
  | { foot: [words: string, url: string][] };

/** Of one thing. */
export function letterOf(said: Said, reader: Reader): Letter {
  return rendered(subjectOf(said), [{ heading: questionOf(said.task) }, ...bodyOf(said, reader), footOf(reader)]);
}

function bodyOf(said: Said, reader: Reader): Part[] {
  const { kind, task, url, followed, question } = said;
  if (kind === 'followed')
    return [
      { line: `${decidedWords(task)} ${endWords(followed?.run ?? null)}` },
      ...followedParts(followed),
      { link: url, words: 'Open the approval' },
    ];
  if (kind === 'answered')
    return [
      { line: `${plain(question?.ofName ?? '')} has answered your question about this approval.` },
      {
        rows: [
          ['Your question', plain(question?.text ?? '')],
          ['Answer', plain(question?.answer ?? '')],
        ],
      },
      { rows: [...rowsOf(task, reader), ...dueRow(task, reader)] },
      { link: url, words: 'Open the approval' },
    ];
  if (question)
    return [
      { line: `${plain(question.byName)} asks you about this approval, which others decide:` },
      { line: plain(question.text) },
      { rows: rowsOf(task, reader) },
      { link: url, words: 'Open it to answer' },
      { line: 'Until you answer, its due time does not come nearer, for seven days at most.' },
    ];
  return [
    { line: whyTold(said, reader) },
    { rows: [...rowsOf(task, reader), ...dueRow(task, reader)] },
    { link: url, words: 'Open it to decide' },
    { line: 'Nothing is decided by opening this link.' },
  ];
}

/** Of several things, those that are due first at the top. */
export function digestOf(all: readonly Said[], url: string, reader: Reader): Letter {
  const waiting = all.filter(({ kind }) => !ABOUT_OTHERS.includes(kind)).sort(byDue);
  const asked = all.filter(({ kind }) => kind === 'question');
  const answered = all.filter(({ kind }) => kind === 'answered');
  const tasks = [...new Map(waiting.map((said) => [said.task.taskId, said])).values()];
  const ended = all.filter(({ kind }) => kind === 'followed');
  const count = `${tasks.length} ${tasks.length === 1 ? 'approval waits' : 'approvals wait'} for you`;
  const questions = `${asked.length} ${asked.length === 1 ? 'question waits' : 'questions wait'} for your answer`;
  const answers = `${answered.length} ${answered.length === 1 ? 'question of yours is' : 'questions of yours are'} answered`;
  const parts: Part[] = [
    ...(tasks.length === 0
      ? []
      : [
          { heading: count },
          {
            items: tasks.map((said) => ({
              title: questionOf(said.task),
              detail: itemWords(said, reader),
              url: said.url,
            })),
          },
        ]),
    ...(asked.length === 0
      ? []
      : [
          { heading: questions },
          {
            items: asked.map(({ task, url: own, question }) => ({
              title: questionOf(task),
              detail: `${plain(question?.byName ?? '')}: ${short(plain(question?.text ?? ''), LONGEST_VALUE)}`,
              url: own,
            })),
          },
        ]),
    ...(answered.length === 0
      ? []
      : [
          { heading: answers },
          {
            items: answered.map(({ task, url: own, question }) => ({
              title: questionOf(task),
              detail: `${plain(question?.ofName ?? '')}: ${short(plain(question?.answer ?? ''), LONGEST_VALUE)}`,
              url: own,
            })),
          },
        ]),
    ...(ended.length === 0
      ? []
      : [
          { heading: 'What you decided' },
          {
            items: ended.map((said) => ({
              title: questionOf(said.task),
              detail: `${decidedWords(said.task)} ${endWords(said.followed?.run ?? null)}${undoneWords(said.followed)}`,
              url: said.url,
            })),
          },
        ]),
    { link: url, words: 'Open your approvals' },
    footOf(reader),
  ];
  const waits = [
    ...(tasks.length > 0 ? [count] : []),
    ...(asked.length > 0 ? [questions] : []),
    ...(answered.length > 0 ? [answers] : []),
  ].join(', ');
  return rendered(waits || `What became of ${ended.length} decisions of yours`, parts);
}

/** What does not wait for a decision of the reader. */
const ABOUT_OTHERS: readonly TaskNotificationKind[] = ['question', 'answered', 'followed'];

export const footOf = ({ settingsUrl, unsubscribeUrl }: Reader): Part => ({
  foot: [
    ['Choose what you get', settingsUrl],
    ['No more mails', unsubscribeUrl],
  ],
});

/** The link of a guest. */
export function guestLetterOf(
  task: HumanTask,
  { by, url, expiresAt }: { by: string; url: string; expiresAt: Date }
): Letter {
  const clock = { zone: 'UTC' };
  const until = formatMinute(expiresAt.getTime(), clock.zone);
  return rendered(`${plain(by)} asks you: ${short(questionOf(task), LONGEST_SUBJECT)}`, [
    { heading: questionOf(task) },
    { line: `${plain(by)} asks you to decide this. You need no account.` },
    { rows: [...rowsOf(task, clock), ...dueRow(task, clock)] },
    { link: url, words: 'Open it to decide' },
    {
      line: `The link decides once, until ${until}. Nothing is decided by opening it. Whoever has it can decide: do not pass it on.`,
    },
  ]);
}

/** One line for a chat, in the clock of nobody in particular. */
export const chatLine = (task: HumanTask): string =>
  `${questionOf(task)} · ${itemWords({ task, actingFor: null }, { zone: 'UTC' })}`;

const byDue = (a: Said, b: Said): number =>
  (a.task.dueAt?.getTime() ?? Infinity) - (b.task.dueAt?.getTime() ?? Infinity) ||
  a.task.openedAt.getTime() - b.task.openedAt.getTime();

const LONGEST_SUBJECT = 150;
const LONGEST_VALUE = 500;
const MOST_ROWS = 30;

export const plain = (text: string): string => visibleText(text.replace(/\s+/g, ' ').trim());
const short = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
const questionOf = ({ question, title, flow }: HumanTask): string => plain(question || title || flow);

function subjectOf({ kind, task, followed }: Said): string {
  const what = short(questionOf(task), LONGEST_SUBJECT);
  switch (kind) {
    case 'reminded':
      return `Reminder: ${what}`;
    case 'overdue':
      return `Overdue: ${what}`;
    case 'followed':
      if (followed?.settled) return `Settled since: ${what}`;
      return followed && followed.undone.length > 0 ? `Undone since: ${what}` : `What became of: ${what}`;
    case 'question':
      return `A question to you: ${what}`;
    case 'answered':
      return `Your question is answered: ${what}`;
    case 'assigned':
      return `Given to you: ${what}`;
    case 'asked':
      return what;
  }
}

function whyTold({ kind, task, actingFor }: Said, { zone }: Clock): string {
  const you = actingFor ? `You are asked to decide this for ${plain(actingFor)}, who is away.` : null;
  if (kind === 'overdue' && task.dueAt)
    return `${you ?? 'It still waits for you.'} It was due on ${formatMinute(task.dueAt.getTime(), zone)}.`;
  if (kind === 'reminded') return you ?? 'It still waits for you.';
  if (kind === 'assigned') return `${plain(task.assignedBy ?? 'Somebody')} gave you this to decide.`;
  return you ?? 'You are asked to decide this.';
}

const dueRow = ({ dueAt }: HumanTask, { zone }: Clock): [string, string][] =>
  dueAt ? [['Due', formatMinute(dueAt.getTime(), zone)]] : [];

function itemWords({ task, actingFor }: Pick<Said, 'task' | 'actingFor'>, { zone }: Clock): string {
  const primary = primaryRow(task, { zone });
  const due = task.dueAt ? `due ${formatMinute(task.dueAt.getTime(), zone)}` : 'no time limit';
  return [primary, due, task.flow, actingFor ? `for ${plain(actingFor)}` : null].filter((each) => each).join(' · ');
}

function decidedWords(task: HumanTask): string {
  const key = decisionOf(task);
  const title = decisionsOfTask(task).find((each) => each.key === key)?.title ?? key ?? 'Nothing';
  return `The decision was: ${plain(title)}.`;
}

const STEP_WORDS = { done: 'done', failed: 'failed', underWay: 'under way' } as const;
function followedParts(followed: Followed | null): Part[] {
  if (!followed) return [];
  const steps = followed.steps.map(({ title, outcome }): [string, string] => [plain(title), STEP_WORDS[outcome]]);
  const undone = followed.undone.map(({ step, undo }): [string, string] => [
    plain(step),
    undo === null ? 'undone' : `undone by: ${plain(undo)}`,
  ]);
  const settled = (followed.settled ?? []).map(({ step, found }): [string, string] => [
    plain(step),
    FOUND_WORDS[found],
  ]);
  return [
    ...(steps.length > 0 ? [{ heading: 'Steps since then' }, { rows: steps.slice(0, MOST_ROWS) }] : []),
    ...(undone.length > 0 ? [{ heading: 'Undone since then' }, { rows: undone.slice(0, MOST_ROWS) }] : []),
    ...(settled.length > 0
      ? [{ heading: 'Found out after the run had ended' }, { rows: settled.slice(0, MOST_ROWS) }]
      : []),
  ];
}
function undoneWords(followed: Followed | null): string {
  const { undone = [], settled = [] } = followed ?? {};
  const steps = undone.map(({ step }) => plain(step)).join(', ');
  const found = settled.map(({ step, found: what }) => `${plain(step)}: ${FOUND_WORDS[what]}`).join(', ');
  return `${steps ? ` Undone since: ${steps}.` : ''}${found ? ` Found out after the run had ended: ${found}.` : ''}`;
}

function rowsOf(task: HumanTask, reader: Clock): [string, string][] {
  const schema = task.schema as JsonSchema | null;
  // [NTL1]
  const data = fieldsOf(maskBySchema(task.data, schema));
  const named = Object.keys(schema?.properties ?? {}).filter((key) => Object.hasOwn(data, key));
  const others = Object.keys(data).filter((key) => !named.includes(key));
  return [...named, ...others].slice(0, MOST_ROWS).map((key) => {
    const own = schema?.properties?.[key];
    return [plain(own?.title ?? wordsOf(key)), writtenValue(data[key], own, data, reader)];
  });
}

function primaryRow(task: HumanTask, reader: Clock): string | null {
  const schema = task.schema as JsonSchema | null;
  const [key, own] = Object.entries(schema?.properties ?? {}).find(([, each]) => each.primary) ?? [];
  const data = fieldsOf(maskBySchema(task.data, schema));
  if (key === undefined || !Object.hasOwn(data, key)) return null;
  return short(writtenValue(data[key], own, data, reader), 60);
}

/** As the page writes it; a list or an object of its own is left to the page. */
function writtenValue(value: unknown, schema: JsonSchema | undefined, siblings: Fields, { zone }: Clock): string {
  if (value === undefined || value === null || value === '') return 'none';
  if (value === MASK) return MASK;
  const currency = schema?.currencyField ? siblings[schema.currencyField] : null;
  const money = (amount: number | string) => writeMoney(amount, typeof currency === 'string' ? currency : null);
  if (isExactData(value)) return schema?.format === 'money' ? money(value.$exact) : value.$exact;
  if (typeof value === 'number') {
    if (schema?.format === 'money') return money(value);
    if (schema?.format === 'percent') return writePercent(value);
    if (schema?.format === 'duration') return formatDuration(value);
    return schema?.format === 'date-time' ? formatMinute(value, zone) : writeNumber(value);
  }
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  if (typeof value === 'string') return writtenText(value, schema, zone);
  if (Array.isArray(value)) {
    if (value.every((each) => typeof each === 'string')) return short(plain(value.join(', ')), LONGEST_VALUE);
    return `${value.length} ${value.length === 1 ? 'entry' : 'entries'}`;
  }
  const inner = Object.entries(fieldsOf(value)).map(
    ([key, each]) =>
      `${schema?.properties?.[key]?.title ?? wordsOf(key)}: ${
        typeof each === 'object' && each !== null
          ? '…'
          : writtenValue(each, schema?.properties?.[key], fieldsOf(value), { zone })
      }`
  );
  return short(plain(inner.join(', ')), LONGEST_VALUE);
}

function writtenText(value: string, schema: JsonSchema | undefined, zone: string): string {
  const instant = Date.parse(value);
  if (schema?.format === 'date-time' && !Number.isNaN(instant)) return formatMinute(instant, zone);
  if (schema?.format === 'date' && !Number.isNaN(instant)) return formatDay(instant, 'UTC');
  const length = schema?.format === 'duration' ? parseDuration(value) : null;
  return length === null ? short(plain(value), LONGEST_VALUE) : formatDuration(length);
}

export function rendered(subject: string, all: readonly Part[]): Letter {
  const parts = all.filter((part) => !('rows' in part) || part.rows.length > 0);
  return {
    subject,
    text: `${parts.map(asText).join('\n\n')}\n`,
    html: `<!doctype html><html lang="en"><body style="${BODY}">${parts.map(asHtml).join('')}</body></html>`,
  };
}

function asText(part: Part): string {
  if ('heading' in part) return part.heading;
  if ('line' in part) return part.line;
  if ('rows' in part) return part.rows.map(([label, value]) => `${label}: ${value}`).join('\n');
  if ('items' in part)
    return part.items
      .map(({ title, detail, url }) => [`- ${title}`, detail, url].filter(Boolean).join('\n  '))
      .join('\n');
  if ('foot' in part) return `--\n${part.foot.map(([words, url]) => `${words}: ${url}`).join('\n')}`;
  return `${part.words}:\n${part.link}`;
}

const BODY =
  'margin:0;padding:24px;max-width:36em;font:15px/1.5 system-ui,-apple-system,Segoe UI,sans-serif;color:#1C1917;background:#FAFAF9';
const LINK =
  'display:inline-block;padding:10px 16px;border-radius:6px;background:#1C1917;color:#FAFAF9;text-decoration:none';

function asHtml(part: Part): string {
  if ('heading' in part) return `<h2 style="font-size:18px;margin:16px 0 4px">${escaped(part.heading)}</h2>`;
  if ('line' in part) return `<p style="margin:8px 0;color:#57534E">${escaped(part.line)}</p>`;
  if ('rows' in part)
    return `<table style="margin:12px 0;border-collapse:collapse">${part.rows.map(asRow).join('')}</table>`;
  if ('items' in part)
    return `<ul style="padding-left:18px">${part.items
      .map(({ title, detail, url }) => {
        const name = url ? `<a href="${escaped(url)}" style="color:#1C1917">${escaped(title)}</a>` : escaped(title);
        return `<li style="margin:8px 0">${name}<br><span style="color:#57534E">${escaped(detail)}</span></li>`;
      })
      .join('')}</ul>`;
  if ('foot' in part)
    return `<p style="margin:24px 0 0;font-size:12px">${part.foot
      .map(([words, url]) => `<a href="${escaped(url)}" style="color:#57534E">${escaped(words)}</a>`)
      .join(' · ')}</p>`;
  return `<p style="margin:16px 0"><a href="${escaped(part.link)}" style="${LINK}">${escaped(part.words)}</a></p>`;
}

const asRow = ([label, value]: [string, string]): string =>
  `<tr><th style="${LABEL}">${escaped(label)}</th><td style="padding:4px 0">${escaped(value)}</td></tr>`;
const LABEL = 'padding:4px 16px 4px 0;text-align:left;vertical-align:top;font-weight:400;color:#57534E';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, (letter) => ENTITIES[letter]!);
