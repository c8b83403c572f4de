/**
 * Quick fixes: what a press of a button does about a problem.
 *
 * Rules
 * [QF1] A fix is offered only if it removes its problem and adds no error. It may add warnings: a step that is declared
 *       irreversible can be at a wrong place. What is put back has the problems that it had.
 * [QF5] A fix changes the field that the problem names, and nothing beside it.
 * [QF2] A fix is one gesture of ordinary operations, and is reverted like any other.
 */
import type { Catalogue } from '../catalogue';
import { corrected, type Diagnostic } from '../diagnostic';
import { identifierSchema } from '../names';
import { applyGesture } from './apply';
import { idFor, idsOf, toTray } from './compose';
import { documentOf } from './document-of';
import { findNode, placeOf, sequenceAt, type Draft, type DraftNode, type Json } from './draft';
import { removeBranch } from './branches';
import { fieldAt, fieldOfPath, newUndo, setField, suggestedLookup } from './fields';
import type { Operation } from './operations';
import { slotOf, titleOf } from './places';
import { problemKey } from './problems';
import { addEnd, fillOutput } from './output-fixes';
import { VALUE_FIXES } from './value-fixes';
import { backOf, NOTHING_DELETED, type DeletedNames } from './deleted';
import { lint } from '../lint';
import { REORDERING, validate } from '../validate';

export interface Fix {
  /** The words of its button: 'Add an undo'. */
  title: string;
  operations: Operation[];
}

/** The fixes of a problem of this draft, the usual one first. `deleted`: what can be put back. */
export function fixesOf(
  problem: Diagnostic,
  draft: Draft,
  catalogue: Catalogue,
  deleted: DeletedNames = NOTHING_DELETED
): Fix[] {
  const proposed = proposedFix(problem, draft, deleted);
  if (proposed) return [proposed];
  const node = problem.nodeId === null ? null : findNode(draft, problem.nodeId);
  const offered = node
    ? (NODE_FIXES[problem.code]?.({ draft, node, problem, catalogue }) ?? [])
    : (FLOW_FIXES[problem.code]?.(draft, problem, catalogue) ?? []);
  if (offered.length === 0) return [];
  const before = allProblems(draft, catalogue);
  return offered.filter((fix) => works(fix, problem, draft, before, catalogue));
}

/** What the checker itself has proposed: the name that was meant, another value, or one for a field that has none. */
export function proposedFix(problem: Diagnostic, draft: Draft, deleted: DeletedNames): Fix | null {
  const back = backOf(problem, draft, deleted);
  if (back) return { title: putBackTitle(problem.deleted), operations: [...back] };
  if (problem.deleted !== undefined) return null;
  const { nodeId, path, fitting, proposed } = problem;
  if (proposed !== undefined) return { title: proposedTitle(problem), operations: setThere(draft, problem, proposed) };
  if (!fitting) return spelledRight(problem, draft);
  const { target, path: inner } = fieldOfPath(draft, nodeId, path);
  if (fieldAt(draft, target, inner) !== undefined) return null;
  return { title: `Use ${fitting}`, operations: setField(draft, target, inner, { $expr: fitting }) };
}

/** `title`: of what is put back; '' if that has none. */
export const putBackTitle = (title = ''): string => (title === '' ? 'Put it back' : `Put '${title}' back`);

const proposedTitle = ({ code, proposed }: Diagnostic): string =>
  code === 'lint/retry-does-not-fit'
    ? `Allow ${proposed} ${proposed === 1 ? 'attempt' : 'attempts'}`
    : `Set it to ${proposed}`;

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

/** To the other side of the point of no return of its own sequence. */
function acrossPivot({ draft, node }: Asked, side: 'before' | 'behind'): Operation[] {
  const place = placeOf(draft, node.id);
  const steps = place && sequenceAt(draft, place);
  if (!place || !steps) return [];
  const isPivot = ({ fields }: DraftNode) => fields.pivot === true;
  const at =
    side === 'behind'
      ? steps.findIndex((each, index) => index > place.index && isPivot(each))
      : steps.slice(0, place.index).findLastIndex(isPivot);
  if (at < 0) return [];
  const [after, before] = side === 'behind' ? [steps[at], steps[at + 1]] : [steps[at - 1], steps[at]];
  const slot = { parent: place.parent, branch: place.branch, after: after?.id ?? null, before: before?.id ?? null };
  return [{ op: 'move', id: node.id, slot, from: slotOf(draft, node.id) }];
}

/** The field of a problem, wherever it is: of the flow, of a node or of a branch. */
function setThere(draft: Draft, { nodeId, path }: Diagnostic, value: Json | undefined): Operation[] {
  const { target, path: inner } = fieldOfPath(draft, nodeId, path);
  return setField(draft, target, inner, value);
}

const unknownField = (draft: Draft, problem: Diagnostic): Fix[] =>
  /^There is no field/.test(problem.message)
    ? [{ title: 'Remove the field', operations: setThere(draft, problem, undefined) }]
    : [];

/** Characters that only change the order in which a title is shown, see [FV14] of validate.ts. */
function plainTitle(draft: Draft, problem: Diagnostic): Fix[] {
  const { target, path } = fieldOfPath(draft, problem.nodeId, problem.path);
  const title = fieldAt(draft, target, path);
  if (typeof title !== 'string') return [];
  return [
    { title: 'Remove the hidden character', operations: setThere(draft, problem, title.replace(REORDERING, '')) },
  ];
}

/** A signal that a step waits for and that the flow does not have yet: what it carries is to be described. */
export function declareSignal(draft: Draft, { fields }: DraftNode): Operation[] {
  const { signal, title } = fields;
  if (!identifierSchema.safeParse(signal).success) return [];
  const fresh = {
    title: typeof title === 'string' ? title : String(signal),
    schema: { type: 'object', properties: {} },
  };
  return setField(draft, { node: null }, ['signals', String(signal)], fresh);
}

const putAside: NodeFix = ({ draft, node }) => [{ title: 'Put it aside', operations: toTray(draft, node.id) }];

const removeBranchOf =
  (title: string, at: string): NodeFix =>
  ({ draft, node, problem }) => {
    const branch = node.branches.filter((each) => each.at === at)[Number(problem.path[1])];
    return branch ? [{ title, operations: removeBranch(draft, node.id, branch.id) }] : [];
  };

const NODE_FIXES: Readonly<Record<string, NodeFix>> = {
  ...VALUE_FIXES,
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
  'lint/undo-after-pivot': (asked) => [
    ...removeUndo(asked),
    { title: 'Move before the point of no return', operations: acrossPivot(asked, 'before') },
  ],
  'lint/irreversible-before-pivot': (asked) => [
    { title: 'Move behind the point of no return', operations: acrossPivot(asked, 'behind') },
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
  'lint/catch-never-runs': removeBranchOf('Remove the handler', 'catch'),
  'lint/branch-never-taken': removeBranchOf('Remove the branch', 'branches'),
  'second-pivot': noPivot,
  'pivot-in-loop': noPivot,
  'effect-missing': (asked) =>
    (['none', 'reversible', 'irreversible'] as const).map((effect) => ({
      title: { none: 'It has no effect', reversible: 'It can be undone', irreversible: 'It cannot be undone' }[effect],
      operations: set(asked, ['effect'], effect),
    })),
  'effect-differs': dropField('Use the effect that the operation declares'),
  'undo-without-effect': (asked) => [
    ...removeUndo(asked),
    ...(ownEffect(asked)
      ? [{ title: 'Say that it can be undone', operations: set(asked, ['effect'], 'reversible') }]
      : []),
  ],
  'unknown-without-effect': dropField('Remove the policy'),
  'unknown-without-undo': (asked) => [
    { title: 'Ask a person', operations: askPerson(asked) },
    { title: 'Add an undo', operations: set(asked, ['undo'], newUndo(asked.node, asked.catalogue)) },
  ],
  'unknown-signal': ({ draft, node }) => [
    { title: `Declare '${String(node.fields.signal)}'`, operations: declareSignal(draft, node) },
  ],
  'unknown-variable': ({ draft, problem }) => [
    { title: 'Do not set it', operations: setThere(draft, problem, undefined) },
  ],
  'wait-without-end': (asked) => [
    {
      title: 'Wait for the time',
      operations: [...set(asked, ['until'], undefined), ...set(asked, ['zone'], undefined)],
    },
    { title: 'Wait until the moment', operations: set(asked, ['duration'], undefined) },
  ],
  'repeat-condition': (asked) => [
    { title: 'Repeat until the condition is true', operations: set(asked, ['while'], undefined) },
    { title: 'Repeat while the condition is true', operations: set(asked, ['until'], undefined) },
  ],
  'empty-candidate': ({ draft, problem }) => [{ title: 'Remove it', operations: setThere(draft, problem, undefined) }],
  'reordered-title': ({ draft, problem }) => plainTitle(draft, problem),
  'end-in-parallel': putAside,
  'end-in-race': putAside,
  'end-in-each': putAside,
  'zone-without-until': dropField('Remove the zone'),
  'output-not-declared': dropField('Remove the output'),
  'output-missing': ({ draft, node, catalogue }) => fillOutput(draft, node, catalogue),
  'no-end': ({ draft, catalogue }) => addEnd(draft, catalogue),
  unreachable: putAside,
  'duplicate-id': otherId,
  'reserved-name': otherId,
  'ambiguous-name': otherId,
  malformed: ({ draft, problem }) => unknownField(draft, problem),
};

const FLOW_FIXES: Readonly<Record<string, (draft: Draft, problem: Diagnostic, catalogue: Catalogue) => Fix[]>> = {
  // Of a flow without a step.
  'no-end': (draft, _, catalogue) => addEnd(draft, catalogue),
  'lint/variable-unread': (draft, { path }) => [
    { title: 'Remove the variable', operations: setField(draft, { node: null }, path, undefined) },
  ],
  'unknown-variable': (draft, problem) => [{ title: 'Do not set it', operations: setThere(draft, problem, undefined) }],
  'input-no-object': (draft, problem) => [
    { title: 'Make it a group of fields', operations: setThere(draft, problem, 'object') },
  ],
  'reordered-title': plainTitle,
  malformed: unknownField,
};

/** Problems whose checker proposes a value. */
const PROPOSED = ['unknown-zone', 'lint/time-too-long', 'lint/retry-does-not-fit'];
/** Codes that have a fix in some draft. */
export const FIXABLE: readonly string[] = [
  ...new Set([...PROPOSED, ...Object.keys(NODE_FIXES), ...Object.keys(FLOW_FIXES)]),
];
