/**
 * Quick fixes: what a press of a button does about a problem.
 *
 * Rules
 * [QF1] A fix is offered only if it removes its problem and adds no error. It may add warnings: a step that is declared
 *       irreversible can be at a wrong place.
 * [QF2] A fix is one gesture of ordinary operations, and is reverted like any other.
 */
import type { Catalogue } from '../catalogue';
import { corrected, type Diagnostic } from '../diagnostic';
import { factsOf, type FlowNode } from '../nodes/table';
import { applyGesture } from './apply';

import { idFor, idsOf, toTray } from './compose';
import { documentOf } from './document-of';
import { findNode, placeOf, sequenceAt, type Draft, type DraftNode, type Json } from './draft';
import { removeBranch } from './branches';
import { fieldAt, fieldOfPath, newUndo, setField, suggestedLookup } from './fields';
import type { Operation } from './operations';
import { slotOf, titleOf } from './places';
import { problemKey } from './problems';
import { lint } from '../lint';
import { validate } from '../validate';

export interface Fix {
  /** The words of its button: 'Add an undo'. */
  title: string;
  operations: Operation[];
}

/** The fixes of a problem of this draft, the usual one first. */
export function fixesOf(problem: Diagnostic, draft: Draft, catalogue: Catalogue): Fix[] {
  const proposed = proposedFix(problem, draft);
  if (proposed) return [proposed];
  const node = problem.nodeId === null ? null : findNode(draft, problem.nodeId);
  const offered = node
    ? (NODE_FIXES[problem.code]?.({ draft, node, problem, catalogue }) ?? [])
    : (FLOW_FIXES[problem.code]?.(draft, problem) ?? []);
  if (offered.length === 0) return [];
  const before = allProblems(draft, catalogue);
  return offered.filter((fix) => works(fix, problem, draft, before, catalogue));
}

/** What the checker itself has proposed: the name that was meant, or a value for a field that has none. */
export function proposedFix(problem: Diagnostic, draft: Draft): Fix | null {
  const { nodeId, path, fitting } = problem;
  if (!fitting) return spelledRight(problem, draft);
  const { target, path: inner } = fieldOfPath(draft, nodeId, path);
  if (fieldAt(draft, target, inner) !== undefined) return null;
  return { title: `Use ${fitting}`, operations: setField(draft, target, inner, { $expr: fitting }) };
}

/**
 * The name that was meant, in place of the misspelt one. The checker has proposed it; the problem itself is not among
 * those that are found here. The place of a problem has branches by number, and the draft by id.
 */
function spelledRight({ nodeId, path, instead }: Diagnostic, draft: Draft): Fix | null {
  if (!instead) return null;
  const { target, path: inner } = fieldOfPath(draft, nodeId, path);
  const value = fieldAt(draft, target, inner);
  const isText = typeof value === 'string';
  const expression = isText ? value : fieldAt(draft, target, [...inner, '$expr']);
  if (typeof expression !== 'string') return null;
  const right = corrected(expression, instead);
  const operations = setField(draft, target, inner, isText ? right : { $expr: right });
  const wrong = expression.slice(instead.from, instead.to);
  // The draft may be newer than the problem.
  return /^[\w$]+$/.test(wrong) ? { title: `Change '${wrong}' to '${instead.text}'`, operations } : null;
}

/** [QF1] */
function works(
  { operations }: Fix,
  problem: Diagnostic,
  draft: Draft,
  before: Diagnostic[],
  catalogue: Catalogue
): boolean {
  if (operations.length === 0) return false;
  const outcome = applyGesture(draft, { operations });
  if (outcome.refusal !== null) return false;
  const after = allProblems(outcome.draft, catalogue);
  const errors = new Set(before.filter(({ severity }) => severity === 'error').map(problemKey));
  return (
    count(after, problem) < count(before, problem) &&
    after.every((each) => each.severity !== 'error' || errors.has(problemKey(each)))
  );
}
/** Of the same kind at the same step: a fix may move what is behind it, and its path with it. */
const count = (problems: Diagnostic[], { code, nodeId }: Diagnostic) =>
  problems.filter((each) => each.code === code && each.nodeId === nodeId).length;

/** Those of the linter too, while there are errors. */
function allProblems(draft: Draft, catalogue: Catalogue): Diagnostic[] {
  const { document, problems } = documentOf(draft);
  return [...problems, ...validate(document, catalogue), ...lint(document, catalogue)];
}

interface Asked {
  draft: Draft;
  node: DraftNode;
  problem: Diagnostic;
  catalogue: Catalogue;
}
type NodeFix = (asked: Asked) => Fix[];

const set = ({ draft, node }: Asked, path: (string | number)[], value: Json | undefined): Operation[] =>
  setField(draft, { node: node.id }, path, value);
const askPerson = (asked: Asked): Operation[] => set(asked, ['unknown'], { policy: 'ask' });
const policyOf = ({ draft, node }: Asked): Json | undefined => fieldAt(draft, { node: node.id }, ['unknown', 'policy']);
/** Without an undo an unknown outcome cannot be undone: then a person is asked. */
const withoutUndo = (asked: Asked): Operation[] => [
  ...set(asked, ['undo'], undefined),
  ...(policyOf(asked) === 'undo' ? askPerson(asked) : []),
];
/** Without an effect there is nothing to undo, and no unknown outcome. */
const withoutEffect = (asked: Asked): Operation[] => [
  ...set(asked, ['effect'], 'none'),
  ...set(asked, ['undo'], undefined),
  ...set(asked, ['unknown'], undefined),
];
/** Only a step of a generic activity declares its own effect. */
const ownEffect = ({ node, catalogue }: Asked): boolean =>
  typeof node.fields.activity === 'string' && catalogue[node.fields.activity]?.effect === 'per-step';

const removeUndo: NodeFix = (asked) => [{ title: 'Remove the undo', operations: withoutUndo(asked) }];
const noPivot: NodeFix = (asked) => [
  { title: 'Make it an ordinary step', operations: set(asked, ['pivot'], undefined) },
];
const otherId: NodeFix = ({ draft, node }) => {
  const to = idFor(titleOf(node), idsOf(draft));
  return [{ title: 'Give it a unique name', operations: [{ op: 'rename', id: node.id, to }] }];
};
const dropField =
  (title: string): NodeFix =>
  (asked) => [{ title, operations: set(asked, asked.problem.path, undefined) }];

/** Behind the point of no return of its own sequence. */
function behindPivot({ draft, node }: Asked): Operation[] {
  const place = placeOf(draft, node.id);
  const steps = place && sequenceAt(draft, place);
  if (!place || !steps) return [];
  const pivot = steps.slice(place.index + 1).find(({ fields }) => fields.pivot === true);
  if (!pivot) return [];
  const before = steps[steps.indexOf(pivot) + 1]?.id ?? null;
  const slot = { parent: place.parent, branch: place.branch, after: pivot.id, before };
  return [{ op: 'move', id: node.id, slot, from: slotOf(draft, node.id) }];
}

const NODE_FIXES: Readonly<Record<string, NodeFix>> = {
  'lint/no-undo': (asked) => {
    const fixes = [{ title: 'Add an undo', operations: set(asked, ['undo'], newUndo(asked.node, asked.catalogue)) }];
    if (!ownEffect(asked)) return fixes;
    return [
      ...fixes,
      { title: 'Say that it has no effect', operations: withoutEffect(asked) },
      {
        title: 'Say that it cannot be undone',
        operations: [...set(asked, ['effect'], 'irreversible'), ...withoutUndo(asked)],
      },
    ];
  },
  'lint/undo-reads-missing': (asked) =>
    policyOf(asked) === 'undo'
      ? [
          {
            title: 'Ask a person if the outcome is unknown',
            operations: [...set(asked, ['undo', 'armed'], 'completed'), ...askPerson(asked)],
          },
        ]
      : [{ title: 'Undo it only after it has succeeded', operations: set(asked, ['undo', 'armed'], 'completed') }],
  'lint/undo-after-pivot': removeUndo,
  'lint/irreversible-before-pivot': (asked) => [
    { title: 'Move behind the point of no return', operations: behindPivot(asked) },
    { title: 'Make it the point of no return', operations: set(asked, ['pivot'], true) },
  ],
  'lint/pivot-in-parallel': noPivot,
  'lint/gives-up-after-pivot': (asked) => [
    { title: 'Retry without a limit', operations: set(asked, ['options', 'retry', 'maximumAttempts'], 0) },
  ],
  'lint/asks-operator': (asked) => {
    const lookup = suggestedLookup(asked.node, asked.catalogue);
    const hasUndo = fieldAt(asked.draft, { node: asked.node.id }, ['undo']) !== undefined;
    return [
      ...(lookup
        ? [{ title: 'Look it up', operations: set(asked, ['unknown'], { policy: 'check', ...(lookup as object) }) }]
        : []),
      ...(hasUndo ? [{ title: 'Undo it', operations: set(asked, ['unknown'], { policy: 'undo' }) }] : []),
      { title: 'Ask a person', operations: askPerson(asked) },
    ];
  },
  'lint/outcome-unresolvable': (asked) => {
    const lookup = suggestedLookup(asked.node, asked.catalogue);
    return lookup
      ? [{ title: 'Look it up', operations: set(asked, ['unknown'], { policy: 'check', ...(lookup as object) }) }]
      : [];
  },
  'lint/catch-never-runs': ({ draft, node, problem }) => {
    const handlers = node.branches.filter(({ at }) => at === 'catch');
    const handler = handlers[Number(problem.path[1])];
    return handler ? [{ title: 'Remove the handler', operations: removeBranch(draft, node.id, handler.id) }] : [];
  },
  'lint/time-too-long': (asked) => [
    {
      title: `Set it to ${asked.problem.proposed}`,
      operations: set(asked, asked.problem.path, asked.problem.proposed),
    },
  ],
  'lint/retry-does-not-fit': (asked) => {
    const { path, proposed } = asked.problem;
    const title = `Allow ${proposed} ${proposed === 1 ? 'attempt' : 'attempts'}`;
    return [{ title, operations: set(asked, path, proposed) }];
  },
  'second-pivot': noPivot,
  'effect-missing': (asked) =>
    (['none', 'reversible', 'irreversible'] as const).map((effect) => ({
      title: { none: 'It has no effect', reversible: 'It can be undone', irreversible: 'It cannot be undone' }[effect],
      operations: set(asked, ['effect'], effect),
    })),
  'effect-differs': dropField("Use the activity's own effect"),
  'undo-without-effect': removeUndo,
  'unknown-without-effect': dropField('Remove the policy'),
  'unknown-without-undo': (asked) => [{ title: 'Ask a person', operations: askPerson(asked) }],
  'zone-without-until': dropField('Remove the zone'),
  'output-not-declared': dropField('Remove the output'),
  unreachable: ({ draft, node }) => [{ title: 'Put it aside', operations: toTray(draft, node.id) }],
  'duplicate-id': otherId,
  'reserved-name': otherId,
  'ambiguous-name': otherId,
  malformed: (asked) => {
    const { node, problem } = asked;
    const [name] = problem.path;
    if (typeof name !== 'string' || !/^There is no field/.test(problem.message)) return [];
    if (name in factsOf({ kind: node.kind } as FlowNode).holds) return [];
    return [{ title: 'Remove the field', operations: set(asked, [name], undefined) }];
  },
};

const FLOW_FIXES: Readonly<Record<string, (draft: Draft, problem: Diagnostic) => Fix[]>> = {
  'lint/variable-unread': (draft, { path }) => [
    { title: 'Remove the variable', operations: setField(draft, { node: null }, path, undefined) },
  ],
};

/** Codes that have a fix in some draft. */
export const FIXABLE: readonly string[] = [...Object.keys(NODE_FIXES), ...Object.keys(FLOW_FIXES)];
