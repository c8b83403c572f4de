/**
 * The scenarios against this engine, compared with what a Temporal server answered (recorded/).
 *
 * [DIF4] This engine answers as the Temporal server did, except for the differences that are listed (differences.ts).
 * [DIF5] Each difference of the list is seen in a scenario.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { provesHistories } from '../history/testing/proof';
import { compare, type Difference } from './compare';
import { DIFFERENCES, isKnown } from './differences';
import { readRecording } from './recording';
import { SCENARIOS } from './scenarios/index';
import { prepare } from './session';
import { openHere, type Here } from './testing/here';
import { play } from './play';
import type { Answer } from './wire';

provesHistories('scripted');

const recorded = readRecording<(Answer | 'unsteady' | null)[]>('scenarios');
let here: Here;
beforeAll(async () => {
  here = await openHere();
  await prepare(here.wire);
});
afterAll(() => here.close());

const used = new Set<string>();

it.each(SCENARIOS.map((scenario) => [scenario.name, scenario] as const))(
  '[DIF4] %s: this engine answers as the Temporal server did, except for the differences that are listed',
  async (name, scenario) => {
    const answers = await play(here.wire, scenario);
    const found: (Difference & { step: string })[] = [];
    for (const [index, answer] of answers.entries()) {
      const expected = recorded[name]?.[index];
      if (expected === undefined) throw new Error(`${name} is not recorded: npm run record:differential`);
      if (expected === null || expected === 'unsteady' || answer === null) continue;
      const { method } = scenario.steps[index]!;
      for (const difference of compare(expected, answer)) {
        const known = isKnown(name, method, difference);
        if (known) used.add(known.at);
        else found.push({ step: `${index + 1} ${method}`, ...difference });
      }
    }
    expect(found).toEqual([]);
  }
);

describe('the list of differences', () => {
  it('[DIF5] has only differences that a scenario shows', () => {
    expect(DIFFERENCES.map(({ at }) => at).filter((at) => !used.has(at))).toEqual([]);
  });
});
