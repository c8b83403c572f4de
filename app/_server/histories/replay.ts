/**
 * Replays a history from a file on a revision that is published here. It changes nothing and sends nothing, so it has no
 * entry in the audit trail; it needs the permission to operate, because the code of a flow runs with what somebody chose.
 *
 * [HRP1] A history that replays, and one that differs, with its first event that does.
 * [HRP2] What is no history that can be replayed is refused in words, and takes no turn of the replays.
 */
import type { Replayed, ReplayHistory } from '@/app/_contract/histories';
import { readJson, writeJson } from '@/engine/flow/values/json';
import { isDeeper } from '@/engine/flow/values/pasted';
import { Refusal } from '../failure';
import { demand, type Actor } from '../people/actor';
import type { Web } from '../web';

/** Each costs up to a minute of a processor. */
const REPLAYS = { window: 60, max: 10 };
const LEVELS_MOST = 300;

export async function replayHistory(
  web: Pick<Web, 'versions' | 'limits'>,
  actor: Actor,
  { flow, version, revision, history }: ReplayHistory
): Promise<Replayed> {
  demand(actor, 'histories.replay', flow);
  const historyJson = writeJson({ events: eventsOf(history) });
  await web.limits.demand(`replay:${actor.id}`, REPLAYS, 'to replay a history');
  return web.versions.replayHistory({ flow, version, revision, historyJson }).catch((error: unknown) => {
    const { code, details } = error as { code?: unknown; details?: string };
    if (code === NOT_FOUND) throw new Refusal('versionNotFound', `${revision} of '${flow}' is not published here.`);
    if (code === INVALID_ARGUMENT) throw new Refusal('refused', `The history cannot be replayed. ${words(details)}`);
    throw error;
  });
}

/** Of gRPC. */
const [INVALID_ARGUMENT, NOT_FOUND] = [3, 5];

function eventsOf(text: string): unknown[] {
  const refuse = () =>
    new Refusal('inputInvalid', 'The history cannot be replayed.', [
      { at: '/history', message: 'This is not the JSON of a history.' },
    ]);
  if (isDeeper(text, LEVELS_MOST)) throw refuse();
  let read: unknown;
  try {
    read = readJson(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  } catch {
    throw refuse();
  }
  const given = read as { events?: unknown; history?: { events?: unknown } } | unknown[] | null;
  const events = Array.isArray(given) ? given : (given?.events ?? given?.history?.events);
  if (!Array.isArray(events) || events.length === 0) throw refuse();
  return events as unknown[];
}

const words = (details = ''): string =>
  details
    .replace(/^history_json /, 'It ')
    .slice(0, 300)
    .concat(' Payloads in short form, as the option for short JSON writes them, cannot be replayed.');
