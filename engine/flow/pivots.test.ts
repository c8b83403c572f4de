/** Where the point of no return lies, along every path (pivots.ts). */
import { expect, it } from 'vitest';
import { parseFlow } from './testing/flow';
import { pivotPlaces } from './pivots';

const step = (id: string, more: object = {}) => ({
  id,
  kind: 'action',
  title: id,
  activity: 'http.request',
  effect: 'none',
  input: {},
  ...more,
});
const pivot = step('pivot', { pivot: true });
const fail = { id: 'fail', kind: 'fail', title: 'fail', errorType: 'No', message: 'no' };
const branches = (...all: object[][]) =>
  all.map((steps, index) => ({ id: `b${index}`, title: 'b', when: 'true', steps }));
const choice = (...all: object[][]) => ({ id: 'choice', kind: 'choice', title: 'choice', branches: branches(...all) });
const parallel = (...all: object[][]) => ({
  id: 'parallel',
  kind: 'parallel',
  title: 'parallel',
  branches: branches(...all).map(({ when: _, ...branch }) => branch),
});
const handler = (...then: object[]) => ({ types: [], scope: 'undo', then });
const approval = { id: 'ask', kind: 'approval', title: 'ask', question: '?', data: {} };
const signals = { told: { title: 'told', schema: {} } };
const wait = { id: 'wait', kind: 'waitForSignal', title: 'wait', signal: 'told', timeout: '1h' };

const placesOf = (...steps: object[]) => {
  const document = { format: 1, name: 'test', title: 'Test', input: { type: 'object' }, signals, steps };
  return Object.fromEntries(pivotPlaces(parseFlow(document).steps));
};

it('the pivot itself is before the point of no return, and the nodes that follow are after it', () => {
  expect(placesOf(step('a'), pivot, step('b'))).toEqual({ a: 'before', pivot: 'before', b: 'after' });
});

it('a pivot in one branch of a choice does not affect other branches; after the choice it may be passed', () => {
  const places = placesOf(choice([pivot, step('a')], [step('b')]), step('c'));
  expect(places).toMatchObject({ a: 'after', b: 'before', c: 'maybe' });
});

it('after a choice with a pivot in every branch, the implicit one included, the pivot is passed', () => {
  const other = step('other', { pivot: true });
  expect(placesOf({ ...choice([pivot]), otherwise: { title: 'else', steps: [other] } }, step('c')).c).toBe('after');
  expect(placesOf(choice([pivot], [other]), step('c')).c).toBe('maybe');
});

it('a branch that ends the flow does not count after the choice', () => {
  expect(placesOf({ ...choice([fail]), otherwise: { title: 'else', steps: [pivot] } }, step('c')).c).toBe('after');
  expect(placesOf(choice([pivot, fail], [step('b')]), step('c')).c).toBe('before');
});

it('after a parallel its pivot is passed; other branches may run before or after it', () => {
  const places = placesOf(parallel([pivot, step('a')], [step('b')]), step('c'));
  expect(places).toMatchObject({ a: 'after', b: 'maybe', c: 'after' });
  expect(placesOf(parallel([choice([pivot])], [step('b')]), step('c')).c).toBe('maybe');
});

it('a pivot in a group is passed after the group; a handler of the group may run before or after it', () => {
  const group = (...steps: object[]) => ({ id: 'group', kind: 'group', title: 'group', steps });
  expect(placesOf(group(step('a'), pivot, step('b')), step('c'))).toMatchObject({
    a: 'before',
    b: 'after',
    c: 'after',
  });
  const around = { ...group(step('a'), pivot, step('b')), catch: [handler(step('h'))] };
  expect(placesOf(around, step('c'))).toMatchObject({ h: 'maybe', c: 'maybe' });
  expect(placesOf({ ...group(step('a'), pivot), catch: [handler(step('h'))] }).h).toBe('before');
});

it('a loop may run no item, so nothing in it is surely passed', () => {
  const each = { id: 'each', kind: 'each', title: 'each', items: '[]', item: 'item', steps: [step('a'), step('b')] };
  expect(placesOf(each, step('c'))).toMatchObject({ a: 'before', b: 'before', c: 'before' });
  expect(placesOf(pivot, each, step('c'))).toMatchObject({ a: 'after', b: 'after', c: 'after' });
});

it('a handler of the pivot runs before it was passed; after that handler the pivot may be passed', () => {
  expect(placesOf({ ...pivot, catch: [handler(step('h'))] }, step('c'))).toMatchObject({ h: 'before', c: 'maybe' });
  expect(placesOf({ ...pivot, catch: [handler(fail)] }, step('c')).c).toBe('after');
});

it('a handler around the pivot may run before or after it was passed', () => {
  const around = { ...choice([step('a'), pivot, step('b')]), catch: [handler(step('h'))] };
  expect(placesOf(around, step('c'))).toMatchObject({ h: 'maybe', c: 'maybe' });
  expect(placesOf({ ...choice([step('a'), pivot]), catch: [handler(step('h'))] }).h).toBe('before');
  // Another branch may fail after the branch with the pivot has ended.
  expect(placesOf({ ...parallel([pivot], [step('b')]), catch: [handler(step('h'))] }).h).toBe('maybe');
});

it('the steps of a rejection and of a timeout are separate paths', () => {
  expect(placesOf({ ...approval, onReject: [pivot, step('a')] }, step('c'))).toMatchObject({ a: 'after', c: 'maybe' });
  expect(placesOf({ ...wait, onTimeout: [pivot, fail] }, step('c')).c).toBe('before');
});
