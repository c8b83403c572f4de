/**
 * Retries and timeouts of activities: the step's own options override those of the catalogue. Options that come from
 * the catalogue alone are constants of the module: one for all operations of a connection that have the same, and one
 * for all connections that do.
 */
import type { Catalogue } from '../../flow/catalogue';
import type { ActivityOptions } from '../../flow/document';
import type { PivotPlace } from '../../flow/pivots';
import { constantName, partsOf, type ModuleNames } from './names';
import { documentation, literal, objectText } from './print';

export class StepOptions {
  /** Connection and options → the constant. */
  readonly #constants = new Map<string, { name: string; code: string }>();
  /** Options that several connections have. */
  readonly #shared: ReadonlySet<string>;

  /** `called`: every activity that the flow calls. */
  constructor(
    private readonly catalogue: Catalogue,
    private readonly names: ModuleNames,
    called: readonly string[]
  ) {
    const owners = new Map<string, Set<string>>();
    for (const activity of called) {
      const code = defaultsText(catalogue[activity]?.defaultOptions ?? {});
      owners.set(code, (owners.get(code) ?? new Set()).add(partsOf(activity, catalogue).connection || activity));
    }
    this.#shared = new Set([...owners].filter(([, those]) => those.size > 1).map(([code]) => code));
  }

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
    const head = documentation(['For steps that set no options of their own.']);
    return [...this.#constants.values()].map(
      ({ name, code }, index) => `${index === 0 ? `${head}\n` : ''}const ${name}: ActivityOptions = ${code};`
    );
  }

  #constant(activity: string, defaults: ActivityOptions): string {
    if (Object.keys(defaults).length === 0) return '{}';
    const code = defaultsText(defaults);
    const { connection, operation } = partsOf(activity, this.catalogue);
    const owner = this.#shared.has(code) ? '' : connection === '' ? activity : connection;
    const key = `${owner} ${code}`;
    const known = this.#constants.get(key);
    if (known) return known.name;
    const isFirst = ![...this.#constants.keys()].some((each) => each.startsWith(`${connection} `));
    const of =
      owner === '' ? ['default'] : connection === '' ? [operation] : isFirst ? [connection] : [connection, operation];
    const name = this.names.take(`${of.map(constantName).join('_')}_OPTIONS`);
    this.#constants.set(key, { name, code });
    return name;
  }
}

function defaultsText(defaults: ActivityOptions): string {
  const limit = defaults.retry?.maximumAttempts ?? 0;
  return printed(defaults, limit === 0 ? null : `${limit}`);
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
