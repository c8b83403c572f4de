/**
 * Retries and timeouts of activities: the step's own options override those of the catalogue. Options that come from
 * the catalogue alone are constants at the top of the module.
 */
import type { Catalogue } from '../../flow/catalogue';
import type { ActivityOptions } from '../../flow/document';
import type { PivotPlace } from '../../flow/pivots';
import type { ModuleNames } from './names';
import { documentation, literal, objectText } from './print';

export class StepOptions {
  /** Activity → name of the constant with its options. */
  readonly #constants = new Map<string, string>();

  constructor(
    private readonly catalogue: Catalogue,
    private readonly names: ModuleNames
  ) {}

  /**
   * After the point of no return a step is retried until it succeeds, unless it sets a limit itself. If only some
   * paths have passed it, the limit is decided at run time.
   */
  of(activity: string, own: ActivityOptions = {}, place: PivotPlace = 'before'): string {
    const defaults = this.catalogue[activity]?.defaultOptions ?? {};
    const limit = own.retry?.maximumAttempts ?? defaults.retry?.maximumAttempts ?? 0;
    const lifted = limit === 0 || own.retry?.maximumAttempts !== undefined ? 'before' : place;
    if (Object.keys(own).length === 0 && lifted === 'before') return this.#constant(activity, defaults);
    const attempts = lifted === 'maybe' ? `s.pivoted ? Infinity : ${limit}` : `${limit}`;
    const retry = { ...defaults.retry, ...own.retry };
    return printed({ ...defaults, ...own, retry }, limit === 0 || lifted === 'after' ? null : attempts);
  }

  /** Call it last. */
  declarations(): string[] {
    return [...this.#constants].map(([activity, name]) => {
      const defaultOptions: ActivityOptions = this.catalogue[activity]?.defaultOptions ?? {};
      const limit = defaultOptions.retry?.maximumAttempts ?? 0;
      const options = printed(defaultOptions, limit === 0 ? null : `${limit}`);
      return `${documentation([`Options of ${activity} in the catalogue, for steps without options of their own.`])}\nconst ${name}: ActivityOptions = ${options};`;
    });
  }

  #constant(activity: string, defaults: ActivityOptions): string {
    if (Object.keys(defaults).length === 0) return '{}';
    const wanted = `${activity.replace(/[^A-Za-z0-9]+/g, '_').toUpperCase()}_OPTIONS`;
    const name = this.#constants.get(activity) ?? this.names.take(wanted);
    this.#constants.set(activity, name);
    return name;
  }
}

/** `attempts`: code; null for no limit. */
function printed({ retry = {}, ...timeouts }: ActivityOptions, attempts: string | null): string {
  const { maximumAttempts: _, ...pauses } = retry;
  const retryFields = [...(attempts === null ? [] : [['maximumAttempts', attempts] as const]), ...fieldsOf(pauses)];
  return objectText([
    ...fieldsOf(timeouts),
    ...(retryFields.length > 0 ? [['retry', objectText(retryFields)] as const] : []),
  ]);
}

const fieldsOf = (values: object): (readonly [string, string])[] =>
  Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, literal(value)] as const);
