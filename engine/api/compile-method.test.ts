/**
 * The code of a draft, and its project.
 *
 * [CMP1] A project has the code of the flows below its own: it is not made for a caller who may not read one of them. The
 *        code of a draft names them only.
 */
import { expect, test } from 'vitest';
import { compileMethod, type CompileMethodOptions } from './compile-method';
import type { CompileRequest } from './messages';
import { Refusal } from './refusal';
import { status } from '@grpc/grpc-js';

const below = [{ document: { name: 'take-fee' } }];
const asked: string[] = [];
const options = (mayRead: boolean) =>
  ({
    codes: {
      play: async (_key: string, { what }: { what: string }, send: (part: object) => void) => {
        asked.push(what);
        send({ kind: what, json: `{"kind":"${what}"}` });
      },
    },
    callsOf: async () => ({ operations: {}, frozen: [], connections: [], ownSources: {}, below }),
    documentFor: () => ({ name: 'sale' }),
    demandBelow: ({ document }: { document: { name: string } }) => {
      if (!mayRead) throw new Refusal(status.PERMISSION_DENIED, `not '${document.name}'`);
    },
  }) as unknown as CompileMethodOptions;
const request = (what: string): CompileRequest => ({ documentJson: '{}', version: 1, what, workflowType: '' });

test('[CMP1] a project needs the right to read every flow in it', async () => {
  await expect(compileMethod(options(false), request('project'))).rejects.toThrow("not 'take-fee'");
  expect(asked).toEqual([]);
  expect(await compileMethod(options(true), request('project'))).toEqual({ partJson: '{"kind":"project"}' });
  expect(await compileMethod(options(false), request('code'))).toEqual({ partJson: '{"kind":"code"}' });
});
