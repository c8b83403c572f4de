/** Hand-written sagas for the tests of the library, in the shape of generated code. */
import { saga, type ApprovalSpec, type CaughtFailure, type Saga, type StepSpec } from '../index';
import type { UndoSpec } from '../step';
import type { SagaOptions } from '../nodes';

const options = { startToCloseTimeout: '10s', retry: { maximumAttempts: 1 } } as const;

function step(id: string, more: Partial<StepSpec<string>> = {}): StepSpec<string> {
  return {
    id,
    title: id,
    activity: 'do',
    input: id,
    options,
    effect: 'reversible',
    undo: () => ({ title: `undo ${id}`, activity: 'undo', input: id, options }),
    unknown: { policy: 'undo' },
    lateCalls: 'refused',
    ...more,
  };
}
const run = <T>(body: (s: Saga) => Promise<T>, more: Partial<SagaOptions> = {}) =>
  saga({ flow: 'test', onUndoFailure: 'ask', ...more }, body);

export const goesWell = () =>
  run(async (s) => {
    await s.step(step('a'));
    return await s.step(step('b'));
  });

export const unwinds = () =>
  run(async (s) => {
    await s.step(step('a'));
    await s.step(step('b'));
    await s.step(step('bad', { unknown: { policy: 'undo' } }));
  });

export const notApplied = () =>
  run(async (s) => {
    await s.step(step('a'));
    await s.step(step('not-applied'));
  });

export const checked = () =>
  run(async (s) => {
    await s.step(step('a'));
    return await s.step(step('bad', { unknown: { policy: 'check', activity: 'check', input: 'bad', options } }));
  });

export const asked = () =>
  run(async (s) => {
    await s.step(step('a'));
    return await s.step(step('bad', { unknown: { policy: 'ask' } }));
  });

export const undoFails = () =>
  run(async (s) => {
    await s.step(step('a'));
    await s.step(
      step('stuck', { undo: () => ({ title: 'undo stuck', activity: 'undoBad', input: 'stuck', options }) })
    );
    await s.step(step('not-applied'));
  });

export const waits = () =>
  run(async (s) => {
    await s.step(step('a'));
    await s.wait('pause', 3_600_000);
    return 'through';
  });

export const branches = () =>
  run(async (s) => {
    await s.step(step('a'));
    await s.parallel(
      { id: 'both', unwind: 'reverse' },
      {
        left: async (branch) => {
          await branch.step(step('l1'));
          await branch.step(step('l2'));
          await branch.wait('l-wait', 60_000);
        },
        right: async (branch) => {
          await branch.step(step('r1'));
          await branch.wait('r-wait', 1_000);
          await branch.step(step('not-applied'));
        },
      }
    );
  });

export const caught = () =>
  run(async (s) => {
    let plan = 'first';
    await s.step(step('a'));
    await s.attempt(
      'group',
      async (inner) => {
        await inner.step(step('b'));
        await inner.step(step('not-applied'));
      },
      [
        {
          types: ['NotApplied'],
          scope: 'undo',
          handle: async (outer, failure) => {
            plan = failure.type;
            await outer.step(step('c'));
          },
        },
      ]
    );
    return plan;
  });

export const pivots = () =>
  run(async (s) => {
    await s.step(step('a', { pivot: true }));
    await s.step(step('not-applied'));
  });

export const pivotsAndWaits = () =>
  run(
    async (s) => {
      await s.step(step('a', { pivot: true }));
      await s.wait('pause', 120_000);
      await s.step(step('b'));
    },
    { deadline: 60_000 }
  );

export const bug = () =>
  run(async (s) => {
    const a = await s.step(step('a'));
    return (a as unknown as { missing: { deeper: string } }).missing.deeper;
  });

export const late = () =>
  run(
    async (s) => {
      await s.step(step('a'));
      await s.wait('pause', 3_600_000);
    },
    { deadline: 60_000 }
  );

export const approval = (more: Partial<ApprovalSpec> = {}) =>
  run(
    async (s) => {
      await s.step(step('a'));
      const answer = await s.approval({
        id: 'approve',
        title: 'Approve',
        question: 'Shall it go on?',
        candidates: ['finance'],
        data: { amount: 5, currency: 'EUR' },
        schema: {},
        requireComment: 'onReject',
        onTimeout: 'fail',
        onReject: 'fail',
        ...more,
      });
      await s.waitForSignal({ id: 'go', signal: 'go' });
      return answer.decidedBy;
    },
    { signals: { go: {} } }
  );

const asks = (id: string, more: Partial<ApprovalSpec> = {}): ApprovalSpec => ({
  id,
  title: id,
  question: 'Shall it go on?',
  data: {},
  requireComment: 'never',
  onTimeout: 'fail',
  onReject: 'fail',
  ...more,
});

export const fourEyesBack = () =>
  run(async (s) => {
    await s.approval(asks('first', { takeBack: '2m' }));
    await s.approval(asks('second', { notWhoDecided: ['first'] }));
  });

/** Four eyes: for each of two items, and after them. */
export const fourEyes = () =>
  run(async (s) => {
    await s.each({ id: 'orders', items: [1, 2], concurrency: 1, onFailure: 'stop' }, async (inner) => {
      await inner.approval(asks('first'));
      await inner.approval(asks('second', { notWhoDecided: ['first'] }));
    });
    await s.approval(asks('last', { notWhoDecided: ['first'] }));
  });

export const signalled = () =>
  run(async (s) => await s.waitForSignal<string>({ id: 'note', signal: 'note', timeout: 60_000 }), {
    signals: { note: {} },
  });

interface Event {
  id: string;
  order: string;
}
/** Two waits for one signal: the first means the order 'a', the second any. */
export const events = () =>
  run(
    async (s) => {
      const first = await s.waitForSignal<Event>({ id: 'first', signal: 'event', when: ({ order }) => order === 'a' });
      const second = await s.waitForSignal<Event>({ id: 'second', signal: 'event', timeout: 60_000 });
      return [first.id, second.id];
    },
    {
      signals: {
        event: {
          schema: { type: 'object', properties: { id: { type: 'string' } }, required: ['order'] },
          key: (event) => (event as Event).id,
        },
      },
    }
  );

/** Two items, and a branch beside them, wait for signals without a timeout. */
export const listens = () =>
  run(
    (s) =>
      s.parallel(
        { id: 'both' },
        {
          orders: async (branch) => {
            await branch.each(
              { id: 'items', items: [1, 2], concurrency: 2, onFailure: 'stop' },
              async (inner) => await inner.waitForSignal({ id: 'paid', signal: 'paid' })
            );
          },
          note: async (branch) => {
            await branch.step(step('a'));
            await branch.waitForSignal({ id: 'note', signal: 'note' });
          },
        }
      ),
    { signals: { paid: {}, note: {} } }
  );

export const conditionBreaks = () =>
  run(
    async (s) => {
      await s.step(step('a'));
      await s.waitForSignal<{ deep: { er: boolean } }>({ id: 'note', signal: 'note', when: ({ deep }) => deep.er });
    },
    { signals: { note: {} } }
  );

export const startedWith = (value: unknown) =>
  run(async (s) => await s.step(step('a')), { input: { value, schema: { type: 'object', required: ['amount'] } } });

export const waitsUntil = (instant: unknown, zone?: string) =>
  run(async (s) => {
    await s.step(step('a'));
    await s.waitUntil('pause', instant as string, zone);
  });

export const undoDataBroken = () =>
  run(async (s) => {
    await s.step(step('a'));
    await s.step(
      step('b', {
        undo: (output) => ({
          title: 'undo',
          activity: 'undo',
          input: (output as unknown as { no: { such: string } }).no.such,
          options,
        }),
      })
    );
  });

/** What the undo reads, it reads off the output; without one it cannot be made. */
const readsOutput = (output: string | undefined) => ({
  title: 'undo bad',
  activity: 'undo',
  input: (output as unknown as { length: number }).length === 0 ? '' : output,
  options,
});

export const undoReadsOutput = (policy: 'ask' | 'undo' = 'ask') =>
  saga({ flow: 'test', onUndoFailure: 'continue' }, async (s) => {
    await s.step(step('a'));
    await s.step(step('bad', { undo: readsOutput, unknown: { policy } }));
  });

export const lateCalls = (settlesWithinMs?: number) =>
  run(async (s) => {
    await s.step(step('a', { lateCalls: 'possible' }));
    await s.step(step('bad', { lateCalls: 'possible', ...(settlesWithinMs ? { settlesWithinMs } : {}) }));
  });

export const lateLookUp = (settlesWithinMs?: number) =>
  run(async (s) => {
    await s.step(
      step('bad', {
        lateCalls: 'possible',
        ...(settlesWithinMs ? { settlesWithinMs } : {}),
        unknown: { policy: 'check', activity: 'checkNothing', input: 'bad', options },
      })
    );
  });

/** A step whose request is still out when the run is stopped. */
export const stoppedMeanwhile = ({ heldUndo, ...more }: Partial<StepSpec<string>> & { heldUndo?: UndoSpec } = {}) =>
  run(async (s) => {
    await s.step(step('a'));
    const undo = heldUndo && { undo: () => heldUndo };
    await s.step(step('out', { armed: 'attempted', lateCalls: 'possible', ...more, ...undo }));
    await s.step(step('b'));
  });

export const stoppedWhileOut = () =>
  run(async (s) => {
    await s.step(step('a'));
    await s.parallel(
      { id: 'both', unwind: 'reverse' },
      {
        left: async (branch) => void (await branch.step(step('out', { armed: 'attempted' }))),
        right: async (branch) => {
          await branch.wait('r-wait', 1_000);
          await branch.step(step('not-applied'));
        },
      }
    );
  });

export const undoRetries = () =>
  saga({ flow: 'test', onUndoFailure: 'retry' }, async (s) => {
    await s.step(
      step('stuck', { undo: () => ({ title: 'undo stuck', activity: 'undoBad', input: 'stuck', options }) })
    );
    await s.step(step('not-applied'));
  });

export const slowAndQuick = () =>
  run(async (s) => {
    await s.parallel(
      { id: 'both', unwind: 'reverse' },
      {
        left: async (branch) => void (await branch.step(step('slow'))),
        right: async (branch) => void (await branch.step(step('quick'))),
      }
    );
    await s.step(step('not-applied'));
  });

const failsAt = (body: (s: Saga) => Promise<void>) =>
  run(async (s) => {
    let caught: CaughtFailure | undefined;
    await s.attempt('group', body, [
      { types: [], scope: 'undo', handle: (_outer, failure) => Promise.resolve(void (caught = failure)) },
    ]);
    return caught;
  });

export const failsDeep = () =>
  failsAt(async (s) => {
    await s.parallel(
      { id: 'outer', unwind: 'reverse' },
      {
        quiet: async (branch) => void (await branch.wait('long', 60_000)),
        loud: async (branch) => {
          await branch.attempt(
            'inner',
            async (inner) => {
              await inner.step(step('b'));
              await inner.step(step('not-applied'));
            },
            [{ types: ['Another'], scope: 'keep' }]
          );
        },
      }
    );
  });

export const bugInBranch = () =>
  failsAt(async (s) => {
    await s.step(step('a'));
    await s.parallel(
      { id: 'both', unwind: 'reverse' },
      {
        left: async (branch) => {
          await branch.step(step('l1'));
          await branch.wait('l-wait', 1_000);
          const found = (await branch.step(step('l2'))) as unknown as { missing: { deeper: string } };
          await branch.step(step(found.missing.deeper));
        },
        right: async (branch) => {
          await branch.step(step('r1'));
          await branch.wait('r-wait', 60_000);
        },
      }
    );
  });

export const bugBehindCatch = () =>
  run(async (s) => {
    const caught: CaughtFailure[] = [];
    const handle = (_outer: unknown, failure: CaughtFailure) => Promise.resolve(void caught.push(failure));
    await s.attempt('group', (inner) => inner.step(step('not-applied')), [{ types: [], scope: 'undo', handle }]);
    await s.step(step((caught[0] as unknown as { missing: { deeper: string } }).missing.deeper));
  });

export const notSent = () =>
  run(async (s) => {
    await s.step(step('a'));
    await s.step(step('not-sent', { armed: 'attempted', unknown: { policy: 'ask' } }));
  });

export const heldUndo = () =>
  run(async (s) => {
    await s.step(step('a'));
    await s.step(step('held'));
    await s.step(step('not-applied'));
  });

export const updates = () =>
  run(
    async (s) => {
      s.onUpdate<{ note: { text: string } }, object>('change', {
        accept: ({ note }) => note.text.length < 10,
        apply: ({ note }) => {
          if (note.text === 'bug') throw new TypeError('this is a bug');
        },
      });
      await s.waitForSignal({ id: 'go', signal: 'go' });
    },
    { signals: { go: {} } }
  );

/** Larger than a server takes, one byte a character; and as large, in characters of three bytes. */
const LARGE = 'x'.repeat(3 * 1024 * 1024);
const LARGE_IN_BYTES = '€'.repeat(900 * 1024);

export const largeInput = () =>
  run(async (s) => {
    await s.step(step('a'));
    await s.step(step('b', { input: LARGE }));
  });

export const largeInputInBytes = () =>
  run(async (s) => {
    await s.step(step('a'));
    await s.step(step('b', { input: LARGE_IN_BYTES, unknown: { policy: 'ask' } }));
  });

export const notEncodable = () =>
  run(async (s) => {
    const input: { self?: unknown } = {};
    input.self = input;
    await s.step(step('a'));
    await s.step(step('b', { input }));
  });

export const dividedByZero = () =>
  run(async (s) => {
    await s.step(step('a'));
    await s.step(step('b', { input: { rows: [{ none: null, share: 1 / 0 }] } }));
  });

export const noNumberAsOutput = () =>
  run(async (s) => {
    await s.step(step('a'));
    return { share: 0 / 0 };
  });

export const largeOutput = () =>
  run(async (s) => {
    await s.step(step('a'));
    return LARGE;
  });

export const largeEnd = () =>
  run(async (s) => {
    await s.step(step('a'));
    return s.end('end', LARGE);
  });

export const largeMessage = () =>
  run(async (s) => {
    await s.step(step('a'));
    s.fail('fail', 'Refused', LARGE);
  });

export const largeUndo = () =>
  run(
    async (s) => {
      await s.step(step('a'));
      await s.step(step('b', { undo: () => ({ title: 'undo b', activity: 'undo', input: LARGE, options }) }));
      await s.step(step('not-applied'));
    },
    { onUndoFailure: 'retry' }
  );
