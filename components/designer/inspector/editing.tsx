'use client';

/** What the fields of the inspector share: the draft, and how a change of it is sent. */
import { createContext, useContext, useMemo, type ReactNode } from 'react';
import type { Catalogue } from '@/engine/flow/catalogue';
import type { Diagnostic } from '@/engine/flow/diagnostic';
import { NOTHING_DELETED, type DeletedNames } from '@/engine/flow/edit/deleted';
import { proposedFix } from '@/engine/flow/edit/fixes';
import type { ShownProblem } from './fields/frame';
import type { FlowDocument } from '@/engine/flow/document';
import { findNode, type Draft, type Json } from '@/engine/flow/edit/draft';
import { fieldAt, setField } from '@/engine/flow/edit/fields';
import type { Operation, Target } from '@/engine/flow/edit/operations';
import { conditionsAt, type KnownCondition } from '@/engine/flow/known-conditions';
import { scopeAt, type ScopeValue } from '@/engine/flow/scope';
import type { LanguageScope } from './expressions/language-messages';
import type { Samples } from '../samples/samples';
import { pathsOf, type ScopePath } from './expressions/scope-paths';
import { diagnosticPath, fieldName, placesOf, problemsAt, typingKey, type Place } from './place';

export interface Editing {
  draft: Draft;
  /** Of the draft, for what is in scope. */
  document: FlowDocument;
  catalogue: Catalogue;
  problems: readonly Diagnostic[];
  /** What can be put back. */
  deleted?: DeletedNames;
  idsFollowTitles: boolean;
  /** Why nothing can be changed; null if it can. */
  readOnly: string | null;
  onEdit: (operations: readonly Operation[], how?: { typing?: boolean }) => void;
  onSettle: () => void;
  onSelect: (id: string | null) => void;
  /** Who last changed a field, by name; null if it is not known. */
  authorOf?: (target: Target, path: readonly string[]) => string | null;
  /** Who else is typing in a field now, by `typingKey`. */
  typists: ReadonlyMap<string, string>;
  /** Values of the last run, or of the last try. */
  samples: Samples | null;
  /** Texts that cannot be kept in the draft yet (JSON that is not complete), by field. */
  unfinished: Map<string, string>;
  /** The first id that a node had here, by the id that followed its title: its form stays the same one. */
  firstIds: Map<string, string>;
}

const EditingContext = createContext<Editing | null>(null);

export function EditingProvider({ value, children }: { value: Editing; children: ReactNode }) {
  return <EditingContext.Provider value={value}>{children}</EditingContext.Provider>;
}
export function useEditing(): Editing {
  const editing = useContext(EditingContext);
  if (!editing) throw new Error('A field is outside of the inspector.');
  return editing;
}

export interface FieldState {
  value: Json | undefined;
  /** The nodes of the place have different values. */
  isMixed: boolean;
  /** Undefined removes the field. `typing`: one of many changes of a text that somebody types. */
  set: (value: Json | undefined, how?: { typing?: boolean }) => void;
  settle: () => void;
  /** As sentences, each with how to correct it. */
  problems: readonly Diagnostic[];
  /** Does what the problem proposes. */
  onProposed: (problem: ShownProblem) => void;
  /** For `data-field`. */
  name: string;
  /** It also shows the problems of what it contains. */
  inside: boolean;
  /** Who changed the field, for 'Ada changed this'. */
  author: () => string;
  /** Who else is typing in it now; null: nobody. */
  typist: string | null;
}

/** `inside`: the field shows the problems of everything in it. `pruned`: groups that are left empty are removed. */
export function useField(place: Place, { inside = false, pruned = false } = {}): FieldState {
  const { draft, problems, deleted = NOTHING_DELETED, onEdit, onSettle, authorOf, typists } = useEditing();
  const name = fieldName(diagnosticPath(draft, place));
  const texts = place.path.filter((part) => typeof part === 'string');
  const places = placesOf(place);
  const [value, ...others] = places.map(({ target, path }) => fieldAt(draft, target, path));
  const isMixed = others.some((other) => JSON.stringify(other) !== JSON.stringify(value));
  return {
    value: isMixed ? undefined : value,
    isMixed,
    set: (value, how) => {
      const operations = places.flatMap(({ target, path }) => setField(draft, target, path, value, { pruned }));
      if (operations.length > 0) onEdit(operations, how);
    },
    settle: onSettle,
    problems: places.flatMap((each) => problemsAt(problems, draft, each, { inside })),
    onProposed: (problem) => {
      const fix = 'path' in problem ? proposedFix(problem as Diagnostic, draft, deleted) : null;
      if (fix) onEdit(fix.operations);
    },
    name,
    inside,
    typist: typists.get(typingKey(place.target.node, name)) ?? null,
    author: () => authorOf?.(place.target, texts) ?? 'Somebody',
  };
}

/** Compared as a text, so that an equal path is the same one. */
const partsOf = (path: string): (string | number)[] =>
  path.split('/').map((part) => (/^\d+$/.test(part) ? Number(part) : part));

function useScopeValues(place: Place): ScopeValue[] {
  const { draft, document, catalogue } = useEditing();
  const path = diagnosticPath(draft, place).join('/');
  const nodeId = place.target.node;
  return useMemo(() => {
    return scopeAt(document, catalogue, { nodeId, path: partsOf(path) });
  }, [document, catalogue, nodeId, path]);
}

/** What the choices around this field say of the values that it reads. */
function useConditions(place: Place): readonly KnownCondition[] {
  const { draft, document } = useEditing();
  const path = diagnosticPath(draft, place).join('/');
  const nodeId = place.target.node;
  return useMemo(() => conditionsAt(document, { nodeId, path: partsOf(path) }), [document, nodeId, path]);
}

/** What an expression in this field may read. */
export function useScope(place: Place): readonly ScopePath[] {
  const values = useScopeValues(place);
  return useMemo(() => pathsOf(values), [values]);
}

const languageNames = (values: readonly ScopeValue[]): LanguageScope['names'] => {
  const names = known.get(values) ?? values.map(({ name, type, title }) => ({ name, type, title }));
  known.set(values, names);
  return names;
};
const known = new WeakMap<readonly ScopeValue[], LanguageScope['names']>();

/** The same for the checker of expressions. `expected`: the type that the value must have, in TypeScript. */
export function useLanguageScope(place: Place, expected: string | null): LanguageScope {
  const values = useScopeValues(place);
  const known = useConditions(place);
  return useMemo(() => ({ names: languageNames(values), expected, known }), [values, expected, known]);
}

/** The problems in fields of the flow (node null) or of a node. */
export function useProblemsOf(node: string | null, fields: readonly string[]): readonly Diagnostic[] {
  const { problems } = useEditing();
  return problems.filter(
    ({ nodeId, path: [first] }) => nodeId === node && typeof first === 'string' && fields.includes(first)
  );
}

export function useNode(id: string) {
  const { draft } = useEditing();
  return findNode(draft, id);
}
