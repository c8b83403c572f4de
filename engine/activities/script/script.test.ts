/**
 * Scripts in the real QuickJS, in real threads.
 *
 * Rules
 * [SS1] A script computes its output from its input, with every digit.
 * [SS2] A script that never ends, or that needs too much memory or too deep a stack, is stopped with an error that says
 *       so; scripts that run at the same time and after it are not disturbed.
 * [SS3] A script reaches nothing: no process, no modules, no network, no other script.
 * [SS4] What a script throws is a failure with its name, its message and its line.
 * [SS5] Nobody waits for a script after a cancellation.
 */
import { afterEach, expect, test } from 'vitest';
import type { ConnectionOf } from '../../flow/connections/connection';
import type { FrozenOf } from '../../flow/connections/operation';
import type { JsonSchema } from '../../flow/json-schema';
import { callOperation, failureOf, startOperation, type Called } from '../testing/operation';

const limits = { timeoutMs: 400, memoryMb: 24 };
function called(
  code: string,
  input: unknown = {},
  more: { output?: JsonSchema; settings?: Partial<typeof limits> } = {}
): Called {
  const connection: ConnectionOf<'script'> = {
    name: 'scripts',
    title: 'Scripts',
    kind: 'script',
    settings: { ...limits, timeoutMs: 5_000, ...more.settings },
    allow: [],
    options: {},
  };
  const operation: FrozenOf<'script'> = {
    connection: 'scripts',
    name: 'compute',
    title: 'Compute',
    call: { kind: 'script', code },
    input: { type: 'object' },
    output: more.output ?? {},
    effect: 'none',
    options: {},
  };
  return { connection, operation, input, meta: { idempotencyKey: 'k', hasEffect: false } };
}
const run = (...args: Parameters<typeof called>) => callOperation(called(...args));
const fails = (...args: Parameters<typeof called>) => failureOf(called(...args));
const stopped = { settings: limits };

afterEach(async () => {
  // Whatever a test did, the next script runs.
  expect(await run('return input.a + 1', { a: 1 })).toBe(2);
});

test('[SS1] the output is what the script returns, also after await', async () => {
  const code = `const doubled = await Promise.all(input.list.map(async (n) => n * 2));
return { doubled, of: Object.keys(input) }; // the end`;
  expect(await run(code, { list: [1, 2, 3] })).toEqual({ doubled: [2, 4, 6], of: ['list'] });
  expect(await run('')).toBeNull();
  expect(await run('return undefined')).toBeNull();
});

test('[SS1] exact numbers go in and out without a change, and big integers become exact', async () => {
  const big = { $exact: '12345678901234567890.25' };
  expect(
    await run('return { same: input.big, sum: BigInt(input.whole.$exact) + 1n, small: 2n }', {
      big,
      whole: { $exact: '98765432109876543210' },
    })
  ).toEqual({
    same: big,
    sum: { $exact: '98765432109876543211' },
    small: { $exact: '2' },
  });
});

test('[SS1] an output that does not fit its schema, or is too large, fails', async () => {
  const output: JsonSchema = { type: 'object', required: ['total'], properties: { total: { type: 'number' } } };
  expect(await run('return { total: 3 }', {}, { output })).toEqual({ total: 3 });
  expect(await fails('return { total: "3" }', {}, { output })).toMatchObject({
    type: 'ResponseInvalid',
    nonRetryable: true,
  });
  expect(await fails('return "x".repeat(1_100_000)')).toMatchObject({ type: 'ScriptOutput', nonRetryable: true });
});

test.each([
  ['a loop', 'while (true) {}'],
  ['a loop of promises', 'const again = () => Promise.resolve().then(again); await again();'],
  ['a pattern that tries for ever', 'return /(x+x+)+y/.test("x".repeat(40))'],
  ['a getter of an error', 'throw { get message() { for (;;) {} } }'],
  ['a loop while the output is written', 'return { toJSON() { for (;;) {} } }'],
])('[SS2] %s that never ends is stopped', async (_name, code) => {
  expect(await fails(code, {}, stopped)).toMatchObject({ type: 'ScriptTimeout', nonRetryable: true });
});

test.each([
  ['a gigabyte of text', 'return "x".repeat(1e9)'],
  ['a text that doubles', 'let s = "xxxxxxxx"; for (;;) s += s'],
  ['a long list', 'return new Array(1e8).fill(1)'],
  ['a list without an end', 'const all = []; for (;;) all.push({ all })'],
  ['buffers', 'const all = []; for (;;) all.push(new Uint8Array(1e6).fill(1))'],
])('[SS2] %s is more memory than a script has', async (_name, code) => {
  expect(await fails(code)).toMatchObject({ type: 'ScriptMemory', nonRetryable: true });
});

test('[SS2] a deep recursion is an error of the script', async () => {
  expect((await fails('const f = () => 1 + f(); return f()')).message).toMatch(/stack overflow/);
  expect((await fails('return eval("(".repeat(1e5))')).message).toMatch(/stack overflow/);
});

test('[SS2] scripts that never end do not delay others for longer than their own time', async () => {
  const endless = [1, 2, 3].map(() => fails('for (;;) {}', {}, stopped));
  const others = [1, 2, 3, 4].map((n) => run('return input.n * 2', { n }));
  expect(await Promise.all(others)).toEqual([2, 4, 6, 8]);
  for (const failure of await Promise.all(endless)) expect(failure.type).toBe('ScriptTimeout');
});

test.each([
  ['process', /process/],
  ['require("fs")', /require/],
  ['fetch("http://127.0.0.1")', /fetch/],
  ['setTimeout(() => {}, 1)', /setTimeout/],
  ['import("fs")', /could not load module/],
  ['await import("node:child_process")', /could not load module/],
  ['[].constructor.constructor("return process")()', /process/],
  ['Function("return this")().process.exit()', /undefined/],
  ['WebAssembly', /WebAssembly/],
])('[SS3] %s is an error of the script', async (code, message) => {
  const failure = await fails(`return ${code}`);
  expect(failure).toMatchObject({ type: 'ScriptError', nonRetryable: true });
  expect(failure.message).toMatch(message);
});

test('[SS3] what a script changes in the language changes nothing outside of it', async () => {
  const hostile = `Object.prototype.stolen = 1; JSON.stringify = () => '"lie"'; JSON.parse = () => 0; String = () => 'lie';
Array.prototype.map = () => ['lie']; globalThis.kept = 'secret'; input.__proto__.polluted = true;
return { list: [1].concat(2), big: 5n, constructor: 'mine', ["__proto__"]: { a: 1 } }`;
  const output = await run(hostile);
  expect(output).toMatchObject({ list: [1, 2], big: { $exact: '5' } });
  expect(({} as { stolen?: unknown; polluted?: unknown }).stolen).toBeUndefined();
  expect(({} as { a?: unknown }).a).toBeUndefined();
  expect(await run('return [typeof kept, typeof ({}).stolen, [1].map((n) => n + 1)]')).toEqual([
    'undefined',
    'undefined',
    [2],
  ]);
});

test('[SS4] an error has its name, its message and its line; flows can catch a name of its own', async () => {
  expect(await fails('const a = 1;\n\nthrow new Error("no stock")')).toMatchObject({
    type: 'ScriptError',
    message: 'no stock (line 3)',
  });
  const own = 'class OutOfStock extends Error { name = "OutOfStock" }\nthrow new OutOfStock("none left")';
  expect(await fails(own)).toMatchObject({ type: 'OutOfStock', message: 'none left (line 1)' });
  expect((await fails('return input.a.b')).message).toMatch(/undefined.*\(line 1\)/);
  expect(await fails('throw null')).toMatchObject({ type: 'ScriptError', message: 'null' });
  expect(await fails('throw "a text"')).toMatchObject({ type: 'ScriptError', message: 'a text' });
  expect((await fails('return (')).message).toMatch(/line/);
  expect((await fails('await new Promise(() => {})')).message).toMatch(/never comes/);
});

test.each([
  ['42', '42'],
  ['undefined', 'undefined'],
  ['12345678901234567890n', '12345678901234567890'],
  ['"words"', 'words'],
  ['Symbol("x")', 'a symbol was thrown'],
  ['() => {}', 'a function was thrown'],
  ['{ a: 1 }', 'Error'],
])('[SS4] what is thrown and is no error is named: %s', async (thrown, message) => {
  expect(await fails(`throw ${thrown};`)).toMatchObject({ type: 'ScriptError', message });
});

test('[SS4] a script cannot make a failure that means something to a saga', async () => {
  for (const name of ['NotApplied', 'CancelledFailure', 'TypeError'])
    expect(await fails(`throw Object.assign(new Error('x'), { name: '${name}' })`)).toMatchObject({
      type: 'ScriptError',
    });
});

test('[SS5] a cancelled step does not wait for its script', async () => {
  const activity = startOperation(called('for (;;) {}', {}, { settings: { timeoutMs: 30_000 } }));
  await run('return 1');
  activity.cancel();
  await expect(activity.result).rejects.toThrow('CANCELLED');
});
