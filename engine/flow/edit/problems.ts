/** The problems of a draft: fields that cannot be read, then validation, then the linter for compensation. */
import type { Catalogue } from '../catalogue';
import { hasErrors, type Diagnostic } from '../diagnostic';
import { lint } from '../lint';
import { validate } from '../validate';
import { documentOf } from './document-of';
import type { Draft } from './draft';

/** Errors first found are first; the linter reads only documents without errors, as it does before publishing. */
export function problemsOf(draft: Draft, catalogue: Catalogue): Diagnostic[] {
  const { document, problems } = documentOf(draft);
  const found = [...problems, ...validate(document, catalogue)];
  return hasErrors(found) ? found : [...found, ...lint(document, catalogue)];
}

/** Two problems with the same key are the same problem. */
export const problemKey = ({ code, nodeId, path }: Diagnostic): string => JSON.stringify([code, nodeId, path]);
