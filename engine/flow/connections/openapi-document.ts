/** Reading the parts of an OpenAPI document, which may be anything. */
export type Json = Record<string, unknown>;

/** The value if it is an object, otherwise an empty one. */
export const record = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};

export const texts = (value: unknown): string[] =>
  Array.isArray(value) ? (value as unknown[]).filter((each): each is string => typeof each === 'string') : [];

/** The JSON variant of a content map; null if there is none. */
export function jsonContent(content: unknown): Json | null {
  const found = Object.entries(record(content)).find(([type]) => /^(application\/([\w.-]+\+)?json|\*\/\*)/i.test(type));
  return found ? record(found[1]) : null;
}

/**
 * The name of an operation: from its id, or from method and path. Names that differ only by case are one name. `taken`:
 * the next number for each name in small letters.
 */
export function operationName(id: unknown, method: string, path: string, taken: Map<string, number>): string {
  const source = typeof id === 'string' && /[a-z]/i.test(id) ? id : `${method} ${path.replace(/[{}]/g, ' ')}`;
  const words = source
    .normalize('NFKD')
    .split(/[^A-Za-z0-9]+/)
    .filter(Boolean);
  const camel = words.map((word, index) => (index === 0 ? lowerFirst(word) : upperFirst(word))).join('');
  const base = camel.replace(/^[^A-Za-z]+/, '').slice(0, 58);
  const name = lowerFirst(base) || 'operation';
  for (let number = taken.get(name.toLowerCase()) ?? 1; ; number++) {
    const candidate = number === 1 ? name : `${name}${number}`;
    taken.set(name.toLowerCase(), number + 1);
    if (number > 1 && taken.has(candidate.toLowerCase())) continue;
    taken.set(candidate.toLowerCase(), Math.max(taken.get(candidate.toLowerCase()) ?? 0, 2));
    return candidate;
  }
}

/** 'X-Tenant' → 'xTenant'. Names that placeholders and expressions can have are kept. */
export function inputField(wire: string, taken: object): string {
  const KEYS = ['idempotencyKey', 'forwardKey'];
  // Every object has 'constructor', and no expression may read it.
  const isTaken = (name: string) => KEYS.includes(name) || name in Object.prototype;
  const words = wire.split(/[^A-Za-z0-9_]+/).filter(Boolean);
  const camel = words.map((word, index) => (index === 0 ? lowerFirst(word) : upperFirst(word))).join('');
  const safe = /^[A-Za-z_]\w{0,62}$/.test(wire) ? wire : camel.replace(/^(?![A-Za-z_])/, '_').slice(0, 60);
  const base = isTaken(safe) ? `${safe}Field` : safe || 'field';
  if (!Object.hasOwn(taken, base)) return base;
  for (let number = 2; ; number++) if (!Object.hasOwn(taken, `${base}${number}`)) return `${base}${number}`;
}

/** The whole addresses in a list of servers. Variables have their defaults; what is relative is left out. */
export function addressesOf(servers: unknown): string[] {
  const list = Array.isArray(servers) ? (servers as unknown[]) : [];
  return list.flatMap((each) => {
    const { url, variables } = record(each);
    if (typeof url !== 'string') return [];
    const defaults = new Map(Object.entries(record(variables)).map(([name, one]) => [name, record(one).default]));
    const whole = url.replace(/\{([^{}]*)\}/g, (text, name: string) => {
      const value = defaults.get(name);
      return typeof value === 'string' || typeof value === 'number' ? String(value) : text;
    });
    return /^https?:\/\/[^{}]+$/i.test(whole) && URL.canParse(whole) ? [whole.replace(/\/+$/, '')] : [];
  });
}

const lowerFirst = (word: string): string => word.charAt(0).toLowerCase() + word.slice(1);
const upperFirst = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
