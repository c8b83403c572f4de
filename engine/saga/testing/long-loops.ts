/** Sagas with long loops, for the tests of the library. They are written as the compiler writes a flow. */
import { ApplicationFailure } from '@temporalio/workflow';
import { saga, type Carried } from '..';

const options = { startToCloseTimeout: '10s', retry: { maximumAttempts: 1 } } as const;

interface ListInput {
  items: number;
  atATime: number;
  /** A failure after the loop. */
  fails: boolean;
  /** For an hour, after the loop. */
  waits?: boolean;
  effect: 'none' | 'reversible';
}

export const list = (input: ListInput, carried?: Carried) =>
  saga({ flow: 'list', onUndoFailure: 'continue', input: { value: input, schema: {} }, carried }, async (s) => {
    const each = await s.each(
      {
        id: 'each',
        items: Array.from({ length: input.items }, (_, index) => `account-${index + 1}`),
        most: 10_000,
        concurrency: input.atATime,
        onFailure: 'stop',
        continuesAsNew: true,
      },
      async (s, account) => {
        const request = { method: 'POST', connection: 'shop', path: '/close', body: { account } };
        await s.step({
          id: 'close',
          title: 'Close the account',
          activity: 'do',
          effect: input.effect,
          input: request,
          options,
          undo: () => ({ title: 'Open it again', activity: 'undo', input: { ...request, path: '/open' }, options }),
          lateCalls: 'refused',
        });
      }
    );
    if (input.waits) await s.wait('pause', '1h');
    if (input.fails) throw ApplicationFailure.nonRetryable('no', 'Odd');
    return each.items;
  });

/** The first run is of a revision that has one variable less. */
export const grows = (input: { rounds: number }, carried?: Carried) =>
  saga({ flow: 'grows', onUndoFailure: 'continue', input: { value: input, schema: {} }, carried }, async (s) => {
    let [round, added] = [0, 'initial'];
    s.carries(
      () => (carried ? { round, added } : { round }) as { round: number; added: string },
      (values) => ({ round, added } = values)
    );
    await s.repeat(
      { id: 'rounds', most: 1_000, while: () => round < input.rounds, continuesAsNew: true },
      async (s) => {
        round++;
        await s.wait('pause', '1s');
      }
    );
    return [round, added];
  });

/** Each round asks somebody, and is told to go on with a signal. */
export const asks = (
  input: { rounds: number; leaves?: 'stop' | 'leave'; text?: string; deadline?: string },
  carried?: Carried
) =>
  saga(
    {
      flow: 'asks',
      onUndoFailure: 'continue',
      deadline: input.deadline,
      input: { value: input, schema: {} },
      signals: { go: { key: (sent) => (sent as { key: string }).key } },
      carried,
    },
    async (s) => {
      let heard: string[] = [];
      s.carries(
        () => ({ heard }),
        (carried) => ({ heard } = carried)
      );
      await s.repeat(
        { id: 'rounds', most: 1_000, while: () => heard.length < input.rounds, continuesAsNew: true },
        async (s) => {
          if (input.leaves && heard.length === 0) {
            const child = { title: 'Child', flow: 'list', workflow: 'list', effect: 'none', input: {} } as const;
            await s.startChild({ ...child, id: 'child', onParentClose: input.leaves });
          }
          const { key } = await s.waitForSignal<{ key: string }>({ id: 'go', signal: 'go' });
          await s.approval({
            id: 'ask',
            title: 'Ask',
            question: '?',
            data: {},
            requireComment: 'never',
            onTimeout: 'fail',
            onReject: 'continue',
          });
          heard = [...heard, input.text ?? key];
        }
      );
      return input.text === undefined ? heard : heard.length;
    }
  );
