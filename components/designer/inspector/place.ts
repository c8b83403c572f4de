/** A field of a draft, and the problems that belong to it. Pure. */
import type { Diagnostic } from '@/engine/flow/diagnostic';
import { holdOf, findNode, type Draft } from '@/engine/flow/edit/draft';
import type { FieldPath } from '@/engine/flow/edit/fields';
import type { Target } from '@/engine/flow/edit/operations';

export interface Place {
  target: Target;
  path: FieldPath;
  /** Nodes whose field of the same path changes together with that of `target`, one of them included. */
  nodes?: readonly string[];
}

export const within = ({ path, ...place }: Place, ...more: FieldPath): Place => ({
  ...place,
  path: [...path, ...more],
});
/** The places of the single nodes. */
export const placesOf = ({ target, path, nodes }: Place): readonly Place[] =>
  nodes ? nodes.map((node) => ({ target: { node }, path })) : [{ target, path }];
export const keyOf = ({ target, path }: Place): string =>
  [target.node ?? '', target.node === null ? '' : (target.branch ?? ''), ...path].join('/');

/**
 * The path by which diagnostics name the place: a branch is in its field of the node, by index where there are several.
 */
export function diagnosticPath(draft: Draft, { target, path }: Place): FieldPath {
  if (target.node === null || target.branch === undefined) return path;
  const node = findNode(draft, target.node);
  const branch = node?.branches.find(({ id }) => id === target.branch);
  if (!node || !branch) return path;
  const hold = holdOf(node.kind, branch.at);
  const index = node.branches.filter(({ at }) => at === branch.at).indexOf(branch);
  return hold === 'branches' || hold === 'handlers' ? [branch.at, index, ...path] : [branch.at, ...path];
}

/** `inside`: also problems of what the field contains. */
export function problemsAt(
  problems: readonly Diagnostic[],
  draft: Draft,
  place: Place,
  { inside = false }: { inside?: boolean } = {}
): Diagnostic[] {
  const path = diagnosticPath(draft, place);
  return problems.filter(
    (each) =>
      each.nodeId === place.target.node &&
      (inside ? each.path.length >= path.length : each.path.length === path.length) &&
      path.every((part, index) => String(part) === String(each.path[index]))
  );
}

/** Attribute by which the field of a problem is found in the page. */
export const FIELD_ATTRIBUTE = 'data-field';
/** Attribute of the list of problems that no field shows. */
export const HOMELESS_ATTRIBUTE = 'data-homeless';
export const fieldName = (path: FieldPath): string => path.join('.');

/** Names a field among all of a draft, for people who edit it together. */
export const typingKey = (nodeId: string | null, name: string): string => `${nodeId ?? ''}/${name}`.slice(0, 200);

/**
 * Puts the focus on the field of a problem: the innermost one that is shown. Closed sections around it are opened.
 * False if the inspector shows none.
 */
export function focusField(root: ParentNode, path: FieldPath): boolean {
  for (let length = path.length; length > 0; length--) {
    const name = fieldName(path.slice(0, length));
    const field = [...root.querySelectorAll<HTMLElement>(`[${FIELD_ATTRIBUTE}]`)].find(
      (each) => each.getAttribute(FIELD_ATTRIBUTE) === name
    );
    if (!field) continue;
    for (let part: HTMLElement | null = field; part; part = part.parentElement)
      if (part instanceof HTMLDetailsElement) part.open = true;
    field.scrollIntoView?.({ block: 'nearest' });
    (controlOf(field) ?? field).focus();
    return true;
  }
  return false;
}

/** What the label of a field names, then what is typed or chosen in it; buttons beside the label come last. */
function controlOf(field: HTMLElement): HTMLElement | null {
  const named = field.querySelector('label')?.htmlFor;
  const own = named ? document.getElementById(named) : null;
  if (own?.matches(CONTROLS)) return own;
  const controls = [...field.querySelectorAll<HTMLElement>(CONTROLS)];
  const isButton = (each: HTMLElement) => each instanceof HTMLButtonElement && each.getAttribute('role') !== 'combobox';
  return (
    controls.find((each) => each instanceof HTMLInputElement && each.checked) ??
    controls.find((each) => !isButton(each)) ??
    controls[0] ??
    null
  );
}
const CONTROLS = ['input', 'textarea', 'select', 'button', '[contenteditable="true"]']
  .map((each) => `${each}:not(:disabled)`)
  .join(', ');
