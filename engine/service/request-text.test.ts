import { expect, test } from 'vitest';
import { demandPlainText } from './request-text';

const NUL = '\u0000';

test.each<[what: string, request: unknown, details: string]>([
  [
    'U+0000 in an id',
    { workflowExecution: { workflowId: `a${NUL}` } },
    'workflow_execution.workflow_id: has the character U+0000, which cannot be stored',
  ],
  ['U+0000 in a reason', { reason: `a${NUL}` }, 'reason: has the character U+0000, which cannot be stored'],
  ['U+0000 in a query', { query: `WorkflowId = '${NUL}'` }, 'query: has the character U+0000, which cannot be stored'],
  ['half of a pair', { requestId: '\ud800' }, 'request_id: has half of a surrogate pair, which is not a character'],
  ['a line break in a name', { identity: 'Ada\nBob' }, 'identity: has a control character or a line break'],
  [
    'a name that is too long',
    { identity: 'x'.repeat(1_001) },
    'identity: has 1001 characters, at most 1000 are allowed',
  ],
  [
    'a reason that is too long',
    { reason: 'x'.repeat(20_001) },
    'reason: has 20001 characters, at most 20000 are allowed',
  ],
  [
    'the name of a memo field',
    { memo: { fields: { [NUL]: {} } } },
    'memo.fields: has a name that has the character U+0000, which cannot be stored',
  ],
  [
    'an item of a list',
    { links: [{ workflowId: NUL }] },
    'links.0.workflow_id: has the character U+0000, which cannot be stored',
  ],
])('[SRT1] %s is refused with its field', (_what, request, details) => {
  expect(() => demandPlainText(request)).toThrow(details);
});

test('[SRT2] text of any language, also in several lines, is accepted', () => {
  demandPlainText({
    workflowId: 'Bestellung é 😀',
    reason: 'first line\nsecond\tline',
    input: { payloads: [{ data: new Uint8Array([0]) }] },
  });
});
