/** [GR] The rounds of a check: runs that start, move on or close meanwhile. */
import { expect, test } from 'vitest';
import type { RunAddress } from '../../run-name';
import type { OpenRun, OpenRuns } from '../../service/open-runs';
import { Gate } from './gate';
import type { Proof, Proved } from './prover';

const holds: Proved = { revision: 'v1.0', verdict: { holds: true } };
const breaks: Proved = {
  revision: 'v1.0',
  verdict: { holds: false, eventId: 5, nodeId: 'charge', why: 'Because.' },
};
const about = {
  id: 'g',
  flow: 'f',
  version: 1,
  workflowType: 'f_v1',
  revision: 'v1.1',
  live: 'v1.0',
  rollback: false,
  changes: [],
  titles: { charge: 'Charge' },
};

/** Runs by name, each with what is proved of it at its length. */
class World {
  readonly open = new Map<string, number>();
  readonly proofs: string[] = [];
  listener: (run: RunAddress) => void = () => {};
  /** Called once, while the first history is being proved. */
  meanwhile: () => void = () => {};
  verdict: (name: string, length: number) => Proved = () => holds;
  closed = 0;

  readonly runs: OpenRuns = {
    list: async function* (this: void) {},
    history: async (run) => [new Uint8Array([this.open.get(run.workflowId) ?? 0])],
    onChange: (listener) => {
      this.listener = listener;
      return () => (this.listener = () => {});
    },
  };

  constructor(...names: string[]) {
    for (const name of names) this.open.set(name, 1);
    const { open } = this;
    this.runs.list = async function* () {
      const page: OpenRun[] = [...open.keys()].map((name, index) => ({ ...addressOf(name), runKey: index + 1 }));
      yield page;
    };
  }
  readonly prove = () => ({
    prove: async (read: () => Promise<Proof>): Promise<Proved> => {
      const { workflowId, batches } = await read();
      this.meanwhile();
      this.meanwhile = () => {};
      const length = batches[0]?.[0] ?? 0;
      this.proofs.push(`${workflowId} ${length}`);
      return this.verdict(workflowId, length);
    },
    close: () => void (this.closed += 1),
  });
  moves(name: string): void {
    this.open.set(name, (this.open.get(name) ?? 0) + 1);
    this.listener(addressOf(name));
  }
  gate(): Gate {
    return new Gate(about, this.runs, this.prove);
  }
}
const addressOf = (name: string) => ({ namespace: 'default', workflowId: name, runId: `r-${name}` });

test('[GR1] every open run is proved once, and what breaks is counted by node', async () => {
  const world = new World('a', 'b', 'c');
  world.verdict = (name) => (name === 'b' ? breaks : holds);
  const gate = world.gate();
  await gate.check();
  expect(world.proofs.sort()).toEqual(['a 1', 'b 1', 'c 1']);
  expect(gate.report()).toMatchObject({
    phase: 'checked',
    total: 3,
    holding: 2,
    breaking: 1,
    breakingNodes: [{ nodeId: 'charge', title: 'Charge', runs: 1 }],
    breakingRuns: [{ workflowId: 'b', eventId: 5, why: 'Because.' }],
  });
  expect(world.closed).toBe(1);
});

test('[GR2] a run that moves on while its history is proved is proved again as it is then', async () => {
  const world = new World('a', 'b');
  world.meanwhile = () => world.moves('a');
  world.verdict = (name, length) => (name === 'a' && length === 2 ? breaks : holds);
  const gate = world.gate();
  await gate.check();
  expect(world.proofs.sort()).toEqual(['a 1', 'a 2', 'b 1']);
  expect(gate.report()).toMatchObject({ holding: 1, breaking: 1 });
});

test('[GR3] a run that starts meanwhile is proved, and one that closes is not counted', async () => {
  const world = new World('a', 'b');
  world.meanwhile = () => {
    world.open.set('new', 1);
    world.open.delete('b');
  };
  world.verdict = (name) => (name === 'b' ? breaks : holds);
  const gate = world.gate();
  await gate.check();
  expect(gate.report()).toMatchObject({ total: 2, proved: 2, holding: 2, breaking: 0 });
});

test('[GR4] a second check proves only what has moved on since', async () => {
  const world = new World('a', 'b');
  const gate = world.gate();
  await gate.check();
  world.moves('b');
  await gate.check();
  expect(world.proofs.sort()).toEqual(['a 1', 'b 1', 'b 2']);
});

test('[GR5] runs that never rest do not keep a check from ending', async () => {
  const world = new World('a');
  const gate = world.gate();
  world.verdict = (name) => {
    world.moves(name);
    return holds;
  };
  await gate.check();
  expect(gate.report()).toMatchObject({ phase: 'checked', holding: 1 });
});

test('[GR6] a process that is gone fails the check, and an ended check stays ended', async () => {
  const world = new World('a');
  world.verdict = () => {
    throw new Error('It took too much memory.');
  };
  const gate = world.gate();
  await gate.check();
  expect(gate.report()).toMatchObject({ phase: 'failed', message: 'It took too much memory.' });
  gate.end('Another one was started.');
  await gate.check();
  expect(gate.report()).toMatchObject({ phase: 'ended', message: 'Another one was started.' });
});
