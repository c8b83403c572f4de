/**
 * The requests of the `temporal` CLI, sent to this engine without the CLI, and the answers compared with those of a
 * Temporal server (recorded/). So what the CLI needs of this engine is tested where nobody has built the CLI.
 *
 * [DIF11] This engine answers every request of every command as the Temporal server did, except for the differences that
 *         are listed (differences.ts, request-differences.ts).
 * [DIF12] The requests of every command are recorded, and each difference of the list is seen.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { provesHistories } from '../history/testing/proof';
import { COMMANDS, nameOf } from './commands';
import { compare, type Difference } from './compare';
import { isKnown } from './differences';
import { isKnownOfRequest, REQUEST_DIFFERENCES } from './request-differences';
import { readRecording, REQUESTS } from './recording';
import { sendAgain, type Exchange } from './requests';
import { prepare } from './session';
import { openHere, type Here } from './testing/here';
import type { Answer } from './wire';

provesHistories('scripted');

type Recorded = Exchange | 'unsteady' | [Exchange[0] | 'unsteady', Answer | 'unsteady'];
const recorded = readRecording<Recorded[] | 'unsteady'>(REQUESTS);

let here: Here;
beforeAll(async () => {
  here = await openHere();
  await prepare(here.wire);
});
afterAll(() => here.close());

const SETTLE_MS = 300;
const given = new Map<string, Answer>();
const used = new Set<string>();

it('[DIF12] the requests of every command are recorded', () => {
  expect(COMMANDS.map(nameOf).filter((name) => recorded[name] === undefined)).toEqual([]);
});

it.each(COMMANDS.map((command, index) => [nameOf(command, index), index + 1, command.isLate === true] as const))(
  '[DIF11] %s',
  async (name, number, isLate) => {
    // A batch is carried out beside the requests.
    if (isLate) await sleep(SETTLE_MS);
    const exchanges = recorded[name];
    if (!exchanges || exchanges === 'unsteady') return;
    const found: (Difference & { method: string })[] = [];
    const answers = await sendAgain(here.wire, number, exchanges as Exchange[], given);
    for (const [index, answer] of answers.entries()) {
      const [{ method, isCut }, expected] = exchanges[index] as Exchange;
      if ((expected as unknown) === 'unsteady' || isCut) continue;
      for (const difference of compare(expected, answer)) {
        const known = isKnownOfRequest(method, difference);
        if (known) used.add(known.at);
        else if (!isKnown(name, method, difference)) found.push({ method, ...difference });
      }
    }
    expect(found).toEqual([]);
  }
);

it('[DIF12] the list has only differences that a request shows', () => {
  expect(REQUEST_DIFFERENCES.map(({ at }) => at).filter((at) => !used.has(at))).toEqual([]);
});
