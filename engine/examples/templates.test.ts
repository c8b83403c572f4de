/**
 * [TM1] A template is a flow document without problems. What the linter says of it is listed here, each with its
 *       reason.
 * [TM2] A template that is drawn in the designer has exactly the fields that reading keeps: nothing is added or lost.
 * [TM3] Its services declare operations without problems.
 * [TM4] Its scenarios have complete inputs, and the table of ends names all of them.
 * [TM5] On the page of a run, in a window 1,440 pixels wide, its drawing is seen from side to side, and nothing of it is
 *       folded.
 */
import { expect, test } from 'vitest';
import { catalogue } from '../activities/catalogue';
import { compile } from '../compiler/compile';
import { readSagaSources } from '../compiler/saga-sources';
import { TypeChecker } from '../compiler/type-check';
import { operationProblems } from '../flow/connections/check';
import { draftOf } from '../flow/edit/draft';
import { documentOf } from '../flow/edit/document-of';
import { fitInto } from '../flow/layout/fit';
import { layoutFlow } from '../flow/layout/layout';
import { lint } from '../flow/lint';
import { misfitsOf } from '../flow/schema/check';
import { parseFlow } from '../flow/testing/flow';
import { TEMPLATES } from './registry';
import { catalogueOf } from './catalogue';
import { ENDS } from './testing/ends';

const saga = readSagaSources();
const types = new TypeChecker();
/** `<template>: <node> <code>`, with the reason why it is in order. */
const ACCEPTED: Readonly<Record<string, string>> = {};

for (const template of TEMPLATES) {
  const { name, document, connections } = template;
  const known = { ...catalogueOf(connections), ...catalogue };

  test(`[TM1] ${name} compiles, and the linter finds nothing that is not listed`, async () => {
    const { files, manifest, diagnostics } = await compile(document, { version: 1, catalogue: known, saga });
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(manifest?.flow).toBe(name);
    expect(types.check(files, manifest?.nodes ?? {})).toEqual([]);
    const found = lint(parseFlow(document), known).map(({ nodeId, code }) => `${name}: ${nodeId} ${code}`);
    expect(found.sort()).toEqual(
      Object.keys(ACCEPTED)
        .filter((each) => each.startsWith(`${name}: `))
        .sort()
    );
  });

  test(`[TM2] ${name} survives the designer`, () => {
    const read = parseFlow(document);
    const { document: again, problems } = documentOf(draftOf(read));
    expect(problems).toEqual([]);
    expect(again).toEqual(read);
  });

  test(`[TM3] ${name}: the operations of its services have no problem`, () => {
    for (const { connection, operations } of connections) {
      const siblings = new Map(operations.map((each) => [each.name, each]));
      expect(operations.flatMap((each) => operationProblems(each, connection, siblings))).toEqual([]);
    }
  });

  // Of the order example: order-fulfilment.test.ts.
  const ends = ENDS[name];
  if (!ends) continue;
  test(`[TM4] ${name}: the inputs of its scenarios are complete, and every scenario has an end`, () => {
    const { scenarios, input } = parseFlow(document);
    for (const scenario of scenarios)
      expect([scenario.name, misfitsOf(scenario.input, input)]).toEqual([scenario.name, []]);
    expect([...new Set(ends.map(({ scenario }) => scenario))]).toEqual(scenarios.map((each) => each.name));
    const faults = input.properties?.scenario?.enum ?? [];
    expect(new Set(scenarios.map((each) => each.input.scenario))).toEqual(new Set(faults));
  });
}

const ROOM_OF_A_RUN = (650 - 2 * 24) / 0.6;
test.each(TEMPLATES)('[TM5] $name is seen as a whole on the page of a run', ({ document }) => {
  const flow = parseFlow(document);
  const { folded, stacked } = fitInto(flow, 'down', { room: ROOM_OF_A_RUN, keep: new Set() });
  expect([...folded]).toEqual([]);
  expect(layoutFlow(flow, 'down', { stacked }).bounds.width).toBeLessThanOrEqual(ROOM_OF_A_RUN);
});
