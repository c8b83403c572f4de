/** Errors of a flow as problems of a refusal: by node, or by field of the flow. */
import type { AppFailure } from '@/app/_contract/errors';
import type { Diagnostic } from '@/engine/flow/diagnostic';

export function placesOf(diagnostics: readonly Diagnostic[]): NonNullable<AppFailure['problems']> {
  return diagnostics
    .filter(({ severity }) => severity === 'error')
    .map(({ nodeId, path, message, fix }) => ({
      at: nodeId ?? `/${path.join('/')}`,
      message: fix ? `${message} ${fix}` : message,
    }));
}
