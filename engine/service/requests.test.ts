/**
 * The tables of README.md.
 *
 * [RQT1] They have every request of both services of the protocol, and no other.
 * [RQT2] What is done or rejected is what the code answers, and each has a test that names it.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Method } from 'protobufjs';
import { expect, test } from 'vitest';
import { temporal } from '../proto';
import { ALWAYS_REJECTED, REQUESTS } from './fields/table';

const fileNamed = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const text = readFileSync(fileNamed('README.md'), 'utf8');

interface Row {
  request: string;
  state: string;
  where: string;
}
function rowsOf(service: string): Row[] {
  const [, section = ''] = text.split(`## ${service}\n`);
  const [own = ''] = section.split('\n## ');
  return [...own.matchAll(/^\| `(\w+)` +\| (\w+) +\| (.+?) +\|$/gm)].map(
    ([, request = '', state = '', where = '']) => ({
      request,
      state,
      where,
    })
  );
}
const namesIn = (service: unknown) =>
  Object.values((service as { methods: Record<string, Method> }).methods).map(({ name }) => name);
const rows = ['WorkflowService', 'OperatorService'].flatMap(rowsOf);
const inState = (state: string) => rows.filter((row) => row.state === state).map(({ request }) => request);

test.each([
  ['WorkflowService', temporal.api.workflowservice.v1.WorkflowService],
  ['OperatorService', temporal.api.operatorservice.v1.OperatorService],
])('[RQT1] every request of %s is listed once', (name, service) => {
  const listed = rowsOf(name);
  expect(listed.map(({ request }) => request).sort()).toEqual(namesIn(service).sort());
  for (const { state } of listed) expect(['done', 'rejected', 'later', 'never']).toContain(state);
});

test('[RQT2] the code answers what is done, and each has a test that names it', () => {
  expect(inState('done').sort()).toEqual(Object.keys(REQUESTS).sort());
  expect(inState('rejected').sort()).toEqual([...ALWAYS_REJECTED].sort());
  for (const { request, state, where } of rows) {
    if (state !== 'done' && state !== 'rejected') continue;
    const [, file = ''] = /^\[.+\]\((.+)\)$/.exec(where) ?? [];
    expect(existsSync(fileNamed(file)), `${request}: ${where}`).toBe(true);
    expect(readFileSync(fileNamed(file), 'utf8').toLowerCase(), `${file} names ${request}`).toContain(
      request.toLowerCase()
    );
  }
});
