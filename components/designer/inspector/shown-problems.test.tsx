/** [INS9] Whatever is wrong with a step of any kind, the form of the step says it, in words of the product. */
// @vitest-environment jsdom
import { cleanup, screen } from '@testing-library/react';
import { afterEach, expect, it } from 'vitest';
import { z } from 'zod';
import { addBranch } from '@/engine/flow/edit/branches';
import { applyGesture } from '@/engine/flow/edit/apply';
import { findNode, type Draft, type DraftNode, type Json } from '@/engine/flow/edit/draft';
import { problemsOf } from '@/engine/flow/edit/problems';
import { factsOf, NODE_KINDS, type FlowNode } from '@/engine/flow/nodes/table';
import { catalogue, draftOf, show, step } from './testing/show';

afterEach(cleanup);

/** A node with every field and branch that its kind can have, all of them with values that none can have. */
function broken(kind: FlowNode['kind'], value: Json): Draft {
  const { schema, holds } = factsOf({ kind } as FlowNode);
  const draft = Object.keys(holds).reduce<Draft>(
    (before, at) => {
      const outcome = applyGesture(before, { operations: addBranch(before, 'n', at) });
      return outcome.refusal ? before : outcome.draft;
    },
    draftOf(step('n', {}, kind))
  );
  const node = findNode(draft, 'n')!;
  const names = Object.keys(schema(z.any() as never).shape).filter((name) => !Object.hasOwn(holds, name));
  const wrong = (fields: readonly string[]) =>
    Object.fromEntries([...fields, 'unknownField'].map((name) => [name, value]));
  const branches = node.branches.map((branch) => ({
    ...branch,
    fields: wrong(Object.keys(branch.fields)),
  }));
  const fields = wrong(names.filter((name) => name !== 'id' && name !== 'kind'));
  return { ...draft, steps: [{ ...node, fields, branches } as DraftNode] };
}

const sentence = (message: string) => message.slice(1).replace(/[.]$/, '');

it.each(NODE_KINDS.flatMap((kind) => [null, { a: 1 }].map((value) => ({ kind, value }))))(
  '[INS9] $kind, with $value in every field',
  ({ kind, value }) => {
    const draft = broken(kind, value);
    const problems = problemsOf(draft, catalogue).filter(({ nodeId }) => nodeId === 'n');
    expect(problems.length).toBeGreaterThan(1);
    show(draft, 'n', { problems });
    const text = screen.getByRole('region', { name: 'Selected step' }).textContent;
    for (const { message, path } of problems) {
      expect(text, path.join('.')).toContain(sentence(message));
      expect(message).not.toMatch(/^(Invalid|Too small|Too big|Unrecognized)|received|expected/);
    }
    // Each one once: at its field or at the top.
    const shown = text.split(/unknownField/).length - 1;
    expect(shown).toBe(problems.filter(({ path }) => path.at(-1) === 'unknownField').length);
  }
);
