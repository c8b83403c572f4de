/** The problems of a draft: fields that cannot be read, then validation, then the linter for compensation. */
import type { Catalogue } from '../catalogue';
import { hasErrors, type Diagnostic } from '../diagnostic';
import { lint } from '../lint';
import { validate } from '../validate';
import { documentOf } from './document-of';
import type { Draft } from './draft';

/**
 * Errors first found are first; the linter reads only documents without errors, as it does before publishing. `ofTypes`: what the
 * compiler found (compiler/language/flow-check.ts), where it was asked; it says nothing new about a field that is wrong anyway.
 */
export function problemsOf(draft: Draft, catalogue: Catalogue, ofTypes: readonly Diagnostic[] = []): Diagnostic[] {
  const { document, problems } = documentOf(draft);
  const found = [...problems, ...validate(document, catalogue)];
  const wrong = new Set(found.map(fieldKey));
  const typed = ofTypes.filter((each) => !wrong.has(fieldKey(each)));
  return hasErrors(found) ? [...found, ...typed] : [...found, ...typed, ...lint(document, catalogue)];
}

const fieldKey = ({ nodeId, path }: Diagnostic): string => JSON.stringify([nodeId, path]);

/** Two problems with the same key are the same problem. */
export const problemKey = ({ code, nodeId, path }: Diagnostic): string => JSON.stringify([code, nodeId, path]);
