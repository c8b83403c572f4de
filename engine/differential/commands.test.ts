/**
 * The commands of the `temporal` CLI against this engine, compared with what they print of a Temporal server (recorded/).
 * The CLI is run where somebody has built it (server.ts); the recording itself is checked everywhere.
 *
 * [DIF7] Every command of the CLI that asks a server is recorded.
 * [DIF8] A command ends with the same exit code here and prints the same, except for the differences that are listed.
 * [DIF9] Each difference of the list is seen.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { provesHistories } from '../history/testing/proof';
import { runCommands, wordsOf, type Printed } from './cli';
import { COMMAND_DIFFERENCES, differencesOf, isKnownOfCommand } from './command-differences';
import { COMMANDS, LEAVES, nameOf } from './commands';
import { readRecording } from './recording';
import { findBinary } from './server';
import { prepare } from './session';
import { openHere, type Here } from './testing/here';

provesHistories('scripted');

const recorded = readRecording<Printed | 'unsteady'>('commands');
const binary = findBinary();

it('[DIF7] every command of the CLI that asks a server is played, and recorded', () => {
  const lines = COMMANDS.map(({ line }) => wordsOf(line).join(' '));
  expect(LEAVES.filter((leaf) => !lines.some((line) => `${line} `.startsWith(`${leaf} `)))).toEqual([]);
  expect(COMMANDS.map(nameOf).filter((name) => recorded[name] === undefined)).toEqual([]);
});

describe.skipIf(binary === null)('with the CLI', () => {
  let here: Here;
  let printed: Record<string, Printed>;
  const used = new Set<string>();
  beforeAll(async () => {
    here = await openHere();
    await prepare(here.wire);
    printed = await runCommands(binary!, here.address, COMMANDS, sleep);
  }, 300_000);
  afterAll(() => here?.close());

  it.each(COMMANDS.map(nameOf))('[DIF8] %s', (name) => {
    const expected = recorded[name];
    if (expected === undefined || expected === 'unsteady') return;
    const found = differencesOf(expected, printed[name]!).filter((difference) => {
      const known = isKnownOfCommand(name, difference);
      if (known) used.add(known.at);
      return !known;
    });
    expect(found).toEqual([]);
  });

  it('[DIF9] the list has only differences that a command shows', () => {
    expect(COMMAND_DIFFERENCES.map(({ at }) => at).filter((at) => !used.has(at))).toEqual([]);
  });
});
