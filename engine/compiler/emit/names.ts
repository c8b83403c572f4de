import type { Catalogue } from '../../flow/catalogue';
import { outputName } from '../../flow/names';

/** Assigns the generated module's own names: two things of a flow never get the same name. */
export class ModuleNames {
  readonly #taken: Set<string>;

  /** `taken`: names that the module itself uses, and names of the flow's variables. */
  constructor(taken: Iterable<string>) {
    this.#taken = new Set(taken);
  }

  /** The name, or the name with the first number that makes it unique. */
  take(wanted: string): string {
    let name = wanted;
    for (let number = 2; this.#taken.has(name); number++) name = `${wanted}${number}`;
    this.#taken.add(name);
    return name;
  }
}

/**
 * The name of an activity as two names in TypeScript: 'shop-eu.bookFlight' → { connection: 'shopEu', operation:
 * 'bookFlight' }. Activities of the product belong to no connection: 'http.request' → { connection: '', operation:
 * 'httpRequest' }. A flow is of the connection 'flow'.
 */
export function partsOf(activity: string, catalogue: Catalogue): { connection: string; operation: string } {
  const camel = (name: string) => outputName(name.replace(/[^A-Za-z0-9]+/g, '-'));
  const flow = Object.hasOwn(catalogue, activity) ? catalogue[activity]?.flow : undefined;
  if (flow) return { connection: 'flow', operation: outputName(flow.name) };
  const [connection = '', operation = ''] = activity.split('.');
  const isOperation = Object.hasOwn(catalogue, activity) && catalogue[activity]?.sha !== undefined;
  return isOperation && operation !== ''
    ? { connection: camel(connection), operation: camel(operation) }
    : { connection: '', operation: camel(activity) };
}

/** 'bookFlight' → 'BOOK_FLIGHT' */
export const constantName = (name: string): string => name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toUpperCase();
