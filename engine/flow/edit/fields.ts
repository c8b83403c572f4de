/**
 * Changes of fields as operations, for forms.
 *
 * Rules
 * [FC1] A change touches the innermost field, with what it replaces, so that two people who edit different parts of one
 *       field do not overwrite each other.
 * [FC2] A list is one value. Parents that are missing are made; those that are left empty are removed only if that is
 *       asked for.
 * [FC3] Afterwards the field has exactly the value, in the same order of fields.
 * [FC4] Another activity keeps the input that fits, and removes what the activity declares itself.
 * [FC5] A suggested undo or look-up has the values of the step's own input; a field of it that reads what the step does
 *       not have yet is left out. As long as it is as it was suggested, it follows the input of the step, in the same
 *       gesture.
 * [FC8] An undo that nobody has given a title is called after what it calls, or else after its step.
 * [FC7] What reads, sets or waits for a variable or a signal follows its new name.
 */
import type { Catalogue } from '../catalogue';
import { renameIn, namesIn } from '../expression-names';
import { outputName } from '../names';
import { applyGesture } from './apply';
import { changeDraftExpressions, renamer } from './expressions';
import {
  draftNodes,
  findNode,
  holdOf,
  isFields,
  withInner,
  type Draft,
  type DraftNode,
  type Fields,
  type Json,
} from './draft';
import type { Operation, Target } from './operations';
import { same, titleOf, valueAt, valueOr } from './places';

/** Names of fields within fields; a number is an index of a list. */
export type FieldPath = readonly (string | number)[];

/** The fields of the flow, of a node or of a branch; null if it no longer exists. */
export function fieldsAt(draft: Draft, target: Target): Fields | null {
  if (target.node === null) return draft.flow;
  const node = findNode(draft, target.node);
  if (!node || target.branch === undefined) return node?.fields ?? null;
  return node.branches.find(({ id }) => id === target.branch)?.fields ?? null;
}

/** Undefined where there is no value. */
export function fieldAt(draft: Draft, target: Target, path: FieldPath): Json | undefined {
  let value: Json | undefined = (fieldsAt(draft, target) as Json | null) ?? undefined;
  for (const part of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    if (Array.isArray(value)) value = typeof part === 'number' ? value[part] : undefined;
    else value = Object.hasOwn(value, part) ? value[part] : undefined;
  }
  return value;
}

/**
 * The field that the path of a diagnostic names: a branch is in its field of the node, by number where there are
 * several.
 */
export function fieldOfPath(draft: Draft, nodeId: string | null, path: FieldPath): { target: Target; path: FieldPath } {
  const node = nodeId === null ? null : findNode(draft, nodeId);
  if (!node) return { target: { node: null }, path };
  const [at, index] = path;
  const hold = typeof at === 'string' ? holdOf(node.kind, at) : null;
  if (hold === null) return { target: { node: node.id }, path };
  const isList = hold === 'branches' || hold === 'handlers';
  const branch = node.branches.filter((each) => each.at === at)[isList ? Number(index) : 0];
  return branch
    ? { target: { node: node.id, branch: branch.id }, path: path.slice(isList ? 2 : 1) }
    : { target: { node: node.id }, path };
}

/**
 * Gives a field a value; undefined removes it, and an item of a list with it. Parents that are missing are made.
 * `pruned`: parents inside the first field that are left empty are removed too.
 */
export function setField(
  draft: Draft,
  target: Target,
  path: FieldPath,
  value: Json | undefined,
  { pruned = false }: { pruned?: boolean } = {}
): Operation[] {
  const fields = fieldsAt(draft, target);
  const [first, ...rest] = path;
  if (!fields || typeof first !== 'string') return [];
  const was = valueAt(fields, [first]);
  return changes(target, [first], was, changed(was, rest, value, pruned));
}

/** The value with another one at a place inside it. */
function changed(value: Json | undefined, path: FieldPath, to: Json | undefined, pruned: boolean): Json | undefined {
  const [part, ...rest] = path;
  if (part === undefined) return to;
  if (typeof part === 'number') {
    const list = Array.isArray(value) ? value : [];
    const item = changed(list[part], rest, to, pruned);
    return item === undefined ? list.toSpliced(part, 1) : part < list.length ? list.with(part, item) : [...list, item];
  }
  const fields = isFields(value) ? value : {};
  const inner = changed(Object.hasOwn(fields, part) ? fields[part] : undefined, rest, to, pruned);
  if (inner !== undefined) return { ...fields, [part]: inner };
  const { [part]: _, ...others } = fields;
  return pruned && Object.keys(others).length === 0 ? undefined : others;
}

/** The smallest operations that make one value of another. The order of fields counts: people see it. */
function changes(target: Target, path: readonly string[], was: Json | undefined, value: Json | undefined): Operation[] {
  if (same(was, value) && orderOf(was) === orderOf(value)) return [];
  if (isFields(was) && isFields(value) && Object.keys(was).length > 0) {
    const names = [...new Set([...Object.keys(was), ...Object.keys(value)])];
    const kept = names.filter((name) => Object.hasOwn(value, name));
    if (kept.join('\n') === Object.keys(value).join('\n') && kept.length > 0)
      return names.flatMap((name) => changes(target, [...path, name], own(was, name), own(value, name)));
  }
  return [{ op: 'set', target, path, ...valueOr('value', value), ...valueOr('was', was) }];
}
const own = (fields: Fields, name: string) => (Object.hasOwn(fields, name) ? fields[name] : undefined);
const orderOf = (value: Json | undefined): string => JSON.stringify(value) ?? '';

/** What a step calls: the step itself, its undo, or the look-up after an unknown outcome. */
export type CallOf = 'step' | 'undo' | 'unknown';
export const callPath = (call: CallOf): readonly string[] => (call === 'step' ? [] : [call]);

/**
 * Another activity for a call. Fields of the input that the new activity has too are kept; so is an input that is one
 * expression. What the activity declares itself (its effect, its output) is removed from the step.
 */
export function changeActivity(
  draft: Draft,
  id: string,
  call: CallOf,
  activity: string,
  catalogue: Catalogue
): Operation[] {
  const target = { node: id };
  const path = callPath(call);
  const declared = Object.hasOwn(catalogue, activity) ? catalogue[activity] : undefined;
  const set = (name: string, value: Json | undefined) => setField(draft, target, [...path, name], value);
  const input = fieldAt(draft, target, [...path, 'input']);
  const { properties = {}, additionalProperties } = declared?.input ?? {};
  const isExpression = isFields(input) && '$expr' in input;
  const fitting =
    !isFields(input) || isExpression || (additionalProperties !== false && Object.keys(properties).length === 0)
      ? (input ?? {})
      : Object.fromEntries(Object.entries(input).filter(([name]) => Object.hasOwn(properties, name)));
  const operations = [...set('activity', activity), ...set('input', fitting)];
  if (!declared) return operations;
  if (call === 'undo' && hasUsualUndoTitle(findNode(draft, id), catalogue))
    return [...operations, ...set('title', declared.title)];
  if (call !== 'step') return operations;
  const effect = fieldAt(draft, target, ['effect']);
  return [
    ...operations,
    ...set('effect', declared.effect === 'per-step' ? (effect ?? 'none') : undefined),
    ...(declared.output === 'per-step' ? [] : set('output', undefined)),
  ];
}

/** Is an undo called as it was by itself: after its step, or after what it calls? */
function hasUsualUndoTitle(node: DraftNode | null | undefined, catalogue: Catalogue): boolean {
  const undo = node?.fields.undo;
  if (!node || !isFields(undo ?? null)) return false;
  const { title, activity } = undo as { title?: Json; activity?: Json };
  const called = typeof activity === 'string' && Object.hasOwn(catalogue, activity) ? catalogue[activity]!.title : null;
  return title === undoTitleOf(node) || title === called;
}

/**
 * The undo that the catalogue suggests for a step, with the values that the step's own input has; null if it suggests
 * none.
 */
export function suggestedUndo(node: DraftNode, catalogue: Catalogue): Json | null {
  const suggested = declaredFor(node, catalogue)?.suggestedUndo;
  return suggested ? { ...suggested, input: forStep(suggested.input, node) } : null;
}
/** An undo for a step without one: what the catalogue suggests; otherwise a request, to be filled in. */
export function newUndo(node: DraftNode, catalogue: Catalogue): Json {
  const { activity, input = {} } = node.fields;
  const connection = activity === 'http.request' && isFields(input) ? input.connection : undefined;
  return (
    suggestedUndo(node, catalogue) ?? {
      title: undoTitleOf(node),
      activity: 'http.request',
      input: { method: 'POST', ...(typeof connection === 'string' ? { connection } : {}) },
      armed: 'completed',
    }
  );
}
/** The look-up that the catalogue suggests for an unknown outcome. */
export function suggestedLookup(node: DraftNode, catalogue: Catalogue): Json | null {
  const suggested = declaredFor(node, catalogue)?.suggestedLookup;
  return suggested ? { policy: 'check', ...suggested, input: forStep(suggested.input, node) } : null;
}
/**
 * What follows from edits of a step: the undo and the look-up that are still as the catalogue suggests them get the new
 * values of its input [FC5], and an undo that is called after its step follows its title [FC8]. To be applied in the
 * same gesture, behind the edits.
 */
export function followedSuggestions(draft: Draft, operations: readonly Operation[], catalogue: Catalogue): Operation[] {
  const isFollowed = (each: Operation) =>
    each.op === 'set' && each.target.node !== null && (each.path[0] === 'input' || each.path[0] === 'title');
  const ids = new Set(operations.flatMap((each) => (isFollowed(each) && 'target' in each ? [each.target.node!] : [])));
  const outcome = ids.size > 0 ? applyGesture({ ...draft }, { operations }) : null;
  if (!outcome || outcome.refusal) return [];
  const renames = new Map(operations.flatMap((each) => (each.op === 'rename' ? [[each.id, each.to] as const] : [])));
  return [...ids].flatMap((was) => {
    const id = renames.get(was) ?? was;
    const [before, after] = [findNode(draft, was), findNode(outcome.draft, id)];
    if (!before || !after) return [];
    const follow = (name: string, suggested: (node: DraftNode, catalogue: Catalogue) => Json | null): Operation[] => {
      const [was, now] = [own(before.fields, name), own(after.fields, name)];
      const isSuggested = was !== undefined && same(was, suggested(before, catalogue)) && same(was, now);
      return isSuggested ? changes({ node: id }, [name], now, suggested(after, catalogue) ?? undefined) : [];
    };
    return [...follow('undo', suggestedUndo), ...follow('unknown', suggestedLookup), ...followedTitle(before, after)];
  });
}
function followedTitle(before: DraftNode, after: DraftNode): Operation[] {
  const { undo } = after.fields;
  const now = isFields(undo ?? null) ? own(undo as Fields, 'title') : undefined;
  if (now !== undoTitleOf(before) || now === undoTitleOf(after)) return [];
  return changes({ node: after.id }, ['undo', 'title'], now, undoTitleOf(after));
}
const undoTitleOf = (node: DraftNode): string => `Undo ${titleOf(node)}`.slice(0, 120);
function declaredFor({ fields: { activity } }: DraftNode, catalogue: Catalogue) {
  return typeof activity === 'string' && Object.hasOwn(catalogue, activity) ? catalogue[activity] : undefined;
}

/** A suggested input reads `input` and `output` of the step: they become what the step has there. */
function forStep(suggested: Json, { id, fields }: DraftNode): Json {
  const input = fields.input ?? {};
  return ofStep(suggested);

  function ofStep(template: Json): Json {
    if (Array.isArray(template)) return template.map(ofStep);
    if (!isFields(template)) return template;
    const { $expr, ...others } = template;
    if (typeof $expr !== 'string' || Object.keys(others).length > 0)
      return Object.fromEntries(
        Object.entries(template)
          .filter(([, value]) => !isMissing(value))
          .map(([name, value]) => [name, ofStep(value)])
      );
    const path = /^input((?:\.[A-Za-z_$][\w$]*)*)$/.exec($expr.trim());
    const value = path && valueIn(input, path[1]!.split('.').slice(1));
    if (value !== undefined && value !== null) return value;
    return { $expr: renameIn(withInput($expr), 'output', outputName(id)) };
  }
  /** Does a value read a field of the input that the step does not have? There, `input` would be that of the flow. */
  function isMissing(value: Json): boolean {
    if (!isFields(value) || typeof value.$expr !== 'string' || !namesIn(value.$expr).has('input')) return false;
    const reads = [...value.$expr.matchAll(/(?<![\w$.])input(?:\??\.([A-Za-z_$][\w$]*))?/g)];
    return (
      isFields(input) &&
      !('$expr' in input) &&
      reads.some(([, name]) => name !== undefined && input[name] === undefined)
    );
  }
  /** Parts `input.name` of a longer expression become the code of that field. */
  function withInput(expression: string): string {
    if (!namesIn(expression).has('input')) return expression;
    return expression.replace(/(?<![\w$.])input\.([A-Za-z_$][\w$]*)/g, (whole, name: string) => {
      const value = valueIn(input, [name]);
      if (value === undefined) return whole;
      return isFields(value) && typeof value.$expr === 'string' ? `(${value.$expr})` : `(${JSON.stringify(value)})`;
    });
  }
}
function valueIn(value: Json, path: readonly string[]): Json | undefined {
  return path.length === 0 ? value : isFields(value) ? valueAt(value, path) : undefined;
}

/** What makes one draft the other, field by field. They have the same nodes and branches. */
export function draftDifferences(draft: Draft, other: Draft): Operation[] {
  const operations = differences({ node: null }, draft.flow, other.flow);
  const after = new Map([...other.steps, ...other.tray].flatMap(withInner).map((node) => [node.id, node]));
  for (const node of [...draft.steps, ...draft.tray].flatMap(withInner)) {
    const { fields, branches } = after.get(node.id)!;
    operations.push(...differences({ node: node.id }, node.fields, fields));
    for (const [index, branch] of node.branches.entries())
      operations.push(...differences({ node: node.id, branch: branch.id }, branch.fields, branches[index]!.fields));
  }
  return operations;
}

/** Gives a variable of the flow another name: expressions that read it, and steps and updates that set it, follow. */
export function renameVariable(draft: Draft, from: string, to: string): Operation[] {
  const renamed = changeDraftExpressions(draft, renamer(from, to));
  const flow = Object.fromEntries(
    Object.entries(renamed.flow).map(([name, value]): [string, Json] => {
      if (name === 'variables') return [name, withKey(value, from, to)];
      if (name !== 'updates' || !isFields(value)) return [name, value];
      const updates = Object.entries(value).map(([update, each]): [string, Json] => [
        update,
        isFields(each) && each.set !== undefined ? { ...each, set: withKey(each.set, from, to) } : each,
      ]);
      return [name, Object.fromEntries(updates)];
    })
  );
  const operations = differences({ node: null }, draft.flow, flow);
  const after = new Map([...renamed.steps, ...renamed.tray].flatMap(withInner).map((node) => [node.id, node]));
  for (const node of [...draft.steps, ...draft.tray].flatMap(withInner)) {
    const { fields, branches } = after.get(node.id)!;
    const sets = node.kind === 'set' && fields.values !== undefined;
    const own = sets ? { ...fields, values: withKey(fields.values!, from, to) } : fields;
    operations.push(...differences({ node: node.id }, node.fields, own));
    for (const [index, branch] of node.branches.entries())
      operations.push(...differences({ node: node.id, branch: branch.id }, branch.fields, branches[index]!.fields));
  }
  return operations;
}
/** Gives a signal of the flow another name: steps that wait for it follow. */
export function renameSignal(draft: Draft, from: string, to: string): Operation[] {
  const waiting = draftNodes(draft).filter(({ fields, kind }) => kind === 'waitForSignal' && fields.signal === from);
  return [
    ...setField(draft, { node: null }, ['signals'], withKey(draft.flow.signals ?? {}, from, to)),
    ...waiting.flatMap(({ id }) => setField(draft, { node: id }, ['signal'], to)),
  ];
}

function withKey(value: Json, from: string, to: string): Json {
  if (!isFields(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name === from ? to : name, each]));
}
const differences = (target: Target, was: Fields, value: Fields): Operation[] =>
  Object.keys(value).flatMap((name) => changes(target, [name], own(was, name), value[name]));
