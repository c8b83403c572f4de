/**
 * Runs commands of the `temporal` CLI against a server, and brings what they print into the form in which two servers are
 * compared.
 *
 * [DIF6] A command is compared by its exit code and by what it prints as JSON. Words for people (errors, and what is not
 *        JSON) are not compared.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { nameOf, type Command } from './commands';
import { normalise } from './normal';
import type { Answer, Json } from './wire';

/** What a command printed. `says`: its error, for people who read the recording. */
export interface Printed {
  code: number;
  out: Json | null;
  says?: string;
}

const LIMIT_MS = 20_000;
/** Long enough for the lists of a Temporal server. */
const SETTLE_MS = 1_500;

/** In their order, on a server that has just been started. `settles`: lists are behind by a moment. */
export async function runCommands(
  binary: string,
  address: string,
  commands: readonly Command[],
  settles: (ms: number) => Promise<unknown>,
  begins: (name: string) => void = () => {}
): Promise<Record<string, Printed>> {
  // No configuration of the person who runs this is read or written.
  const home = await mkdtemp(path.join(tmpdir(), 'temporal-cli-'));
  const printed: Record<string, Printed> = {};
  try {
    for (const [index, command] of commands.entries()) {
      if (command.isLate) await settles(SETTLE_MS);
      const name = nameOf(command, index);
      begins(name);
      printed[name] = await run(binary, address, wordsOf(command.line), home);
    }
    return printed;
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

function run(binary: string, address: string, words: readonly string[], home: string): Promise<Printed> {
  const own = words.includes('--command-timeout') ? [] : ['--command-timeout', '10s'];
  const json = words.includes('--output') ? [] : ['--output', 'json'];
  const args = [...words, '--address', address, '--color', 'never', ...json, ...own];
  const env = { NODE_ENV: process.env.NODE_ENV, PATH: process.env.PATH, HOME: home, XDG_CONFIG_HOME: home };
  return new Promise((resolve) => {
    const child = execFile(binary, args, { env, timeout: LIMIT_MS, maxBuffer: 32 << 20 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      const words = textOf(stderr.trim().split('\n').at(-1) ?? '').replace(/^time=\S+ level=\w+ msg=/, '');
      // The command line itself was wrong, so the server was not asked.
      const says = /^Usage:$/m.test(stderr) ? `usage: ${words}` : words;
      resolve({ code, out: jsonIn(stdout), ...(says === '' ? {} : { says }) });
    });
    child.stdin?.end();
  });
}

/** `--a 'b c'` → ['--a', 'b c']. A quote inside a word begins a quoted part of it. */
export function wordsOf(line: string): string[] {
  const words = line.match(/(?:[^\s']|'[^']*')+/g) ?? [];
  return words.map((word) => word.replaceAll("'", ''));
}

/** Null for what is no JSON. Lists are printed as one value a line, or as one list. */
function jsonIn(stdout: string): Json | null {
  const whole = parsed(stdout);
  if (whole !== undefined) return comparable(whole);
  const lines = stdout.split('\n').filter((line) => line.trim() !== '');
  const values = lines.map(parsed);
  return values.length > 0 && values.every((value) => value !== undefined) ? comparable(values as Json[]) : null;
}

function parsed(text: string): Json | undefined {
  try {
    return text.trim() === '' ? undefined : (JSON.parse(text) as Json);
  } catch {
    return undefined;
  }
}

function comparable(value: Json): Json {
  const answer = normalise({ ok: timeless(value) } as Answer, new Map());
  return 'ok' in answer ? answer.ok : null;
}

const TIMES = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z/g;
const ADDRESSES = /(?:127\.0\.0\.1|localhost):\d+/g;
/** By the names of their fields: what was measured, who asked, and which program. */
const OF_THE_MOMENT = new Set([
  'approximateBacklogAge',
  'backlogIncreaseRate',
  'customSearchAttributeAliases',
  'executionDuration',
  'historySizeBytes',
  'identity',
  'runTime',
  'stateTransitionCount',
  'tasksAddRate',
  'tasksDispatchRate',
]);
/** A Temporal server gives a deleted namespace another name. */
const DELETED = /-deleted-\w+/g;

const UUIDS = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g;

const textOf = (text: string) =>
  text
    .replace(TIMES, '<time>')
    .replace(ADDRESSES, '<address>')
    .replace(UUIDS, '<uuid>')
    .replace(DELETED, '-deleted-<some>');

export function timeless(value: Json, field = ''): Json {
  if (OF_THE_MOMENT.has(field)) return '<measured>';
  if (typeof value === 'string') return textOf(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => timeless(item));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, timeless(inner, key)]));
}
