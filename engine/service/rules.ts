/** The rules of runs that the parts of an engine decide. */
import { defaultLimits, defaultRules, type Rules } from '../history';
import { admitAttributes } from '../visibility/attributes';
import type { EngineOptions } from './engine-options';

type Deciding = Pick<
  EngineOptions,
  'effectCounter' | 'hidesErrors' | 'stepOfExpression' | 'searchAttributesOf' | 'suggestsNewRunAt' | 'taskQueue'
>;

export const rulesOf = ({
  effectCounter,
  hidesErrors,
  stepOfExpression,
  searchAttributesOf,
  suggestsNewRunAt,
  taskQueue,
}: Deciding): Rules => ({
  ...defaultRules,
  limits: suggestsNewRunAt ? { ...defaultLimits, suggestContinueAsNewEvents: suggestsNewRunAt } : defaultLimits,
  // Another queue is not the embedded worker's: its activities wait for workers that poll.
  isPolled: (queue) => queue !== taskQueue,
  isCounted: (type) => effectCounter?.knows(type) ?? false,
  admitAttributes: (namespace, fields) => admitAttributes(fields, searchAttributesOf(namespace)),
  showsErrors: (type) => !hidesErrors?.(type),
  stepOfExpression: (...of) => {
    const step = stepOfExpression?.(...of);
    return step === undefined ? defaultRules.stepOfExpression(...of) : step;
  },
});
