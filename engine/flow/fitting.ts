import { isReadable } from './expression-names';
import type { JsonSchema } from './json-schema';
import type { ScopeValue } from './scope';

/** What a value must have in common with the field, beside its type. */
const NARROWED_BY = ['enum', 'const', 'format', 'pattern', 'minimum', 'maximum', 'multipleOf'] as const;

/**
 * [FIT1] An expression for a field without a value: it reads a value of this name and type that is certainly there.
 * That of the flow's input is meant most often; otherwise the nearest. Undefined if there is none.
 */
export function fittingIn(scope: readonly ScopeValue[], name: string, needed: JsonSchema): string | undefined {
  const found = scope
    .filter(({ mayBeMissing }) => !mayBeMissing)
    .flatMap((value) => {
      if (value.from === 'variable' || value.from === 'item')
        return value.name === name && fits(value.schema, needed) ? [{ ...value, path: name }] : [];
      const { properties = {}, required = [] } = value.schema ?? {};
      const isThere = isReadable(name) && required.includes(name) && Object.hasOwn(properties, name);
      return isThere && fits(properties[name], needed) ? [{ ...value, path: `${value.name}.${name}` }] : [];
    });
  return (found.find(({ from }) => from === 'input') ?? found[0])?.path;
}

function fits(given: JsonSchema | undefined, needed: JsonSchema): boolean {
  if (given?.type === undefined || given.type !== needed.type) return false;
  if (!['string', 'number', 'integer', 'boolean'].includes(String(needed.type))) return false;
  const annotations = Object.keys(needed).filter((key) => key.startsWith('x-'));
  return [...NARROWED_BY, ...annotations].every((key) => {
    const [asked, has] = [needed, given].map((schema) => (schema as Record<string, unknown>)[key]);
    return asked === undefined || JSON.stringify(asked) === JSON.stringify(has);
  });
}
