/** The problems of a draft: fields that cannot be read, then validation, then the linter for compensation. */
import type { Catalogue } from '../catalogue';
import { hasErrors, type Diagnostic } from '../diagnostic';
import { lint } from '../lint';
import { validate } from '../validate';
import { documentOf } from './document-of';
import type { Draft } from './draft';

/**
 * Errors first found are first; the linter reads only documents without errors, as it does before publishing.
 * `ofTypes`: what the compiler found (compiler/language/flow-check.ts), where it was asked; it says nothing new about a
 * field that is wrong anyway.
 */
export function problemsOf(draft: Draft, catalogue: Catalogue, ofTypes: readonly Diagnostic[] = []): Diagnostic[] {
  const { found, linted } = foundIn(draft, catalogue);
  if (ofTypes.length === 0) return [...found, ...linted];
  const wrong = new Set(found.map(fieldKey));
  const typed = ofTypes.filter((each) => !wrong.has(fieldKey(each)));
  return [...found, ...typed, ...linted];
}

interface Found {
  catalogue: Catalogue;
  found: readonly Diagnostic[];
  linted: readonly Diagnostic[];
}
const last = new WeakMap<Draft, Found>();

/**
 * The whole flow is read for it, so it is found once for a draft: the answer of the compiler comes later, for the same
 * draft.
 */
function foundIn(draft: Draft, catalogue: Catalogue): Found {
  const known = last.get(draft);
  if (known?.catalogue === catalogue) return known;
  const { document, problems } = documentOf(draft);
  const found = [...problems, ...validate(document, catalogue)];
  const linted = hasErrors(found) ? [] : lint(document, catalogue);
  last.set(draft, { catalogue, found, linted });
  return { catalogue, found, linted };
}

const fieldKey = ({ nodeId, path }: Diagnostic): string => JSON.stringify([nodeId, path]);

/** Two problems with the same key are the same problem. */
export const problemKey = ({ code, nodeId, path }: Diagnostic): string => JSON.stringify([code, nodeId, path]);
