/** Between a schema, a form's fields and the value that is sent. Pure. */
import type { JsonSchema } from '@/engine/flow/document';
import { isFields } from '@/engine/run-view/fields';

/** What a form starts with: `given` where it is there, else defaults, else empty fields of the right shape. */
export function initialOf(schema: JsonSchema, given: unknown): unknown {
  if (schema.type === 'object' && schema.properties) {
    const from = isFields(given) ? given : isFields(schema.default) ? schema.default : {};
    return Object.fromEntries(
      Object.entries(schema.properties).map(([key, property]) => [key, initialOf(property, from[key])])
    );
  }
  if (schema.type === 'array' && schema.items) {
    const items = schema.items;
    const from: unknown[] = Array.isArray(given) ? given : Array.isArray(schema.default) ? schema.default : [];
    const filled = from.map((item) => initialOf(items, item));
    while (filled.length < (schema.minItems ?? 0)) filled.push(initialOf(items, undefined));
    return filled;
  }
  if (given !== undefined) return given;
  if (schema.default !== undefined) return schema.default;
  if (schema.const !== undefined) return schema.const;
  if (schema.type === 'boolean') return false;
  return undefined;
}

/** What is sent: fields that were left empty are left out, so that the schema's own 'required' speaks of them. */
export function pruned(schema: JsonSchema, value: unknown): unknown {
  if (schema.type === 'object' && schema.properties && isFields(value)) {
    const properties = schema.properties;
    const kept = Object.entries(value)
      .map(([key, each]) => [key, pruned(properties[key] ?? {}, each)] as const)
      .filter(([, each]) => each !== undefined);
    return Object.fromEntries(kept);
  }
  if (Array.isArray(value)) return value.map((item) => pruned(schema.items ?? {}, item));
  if (value === '' && (schema.default !== '' || (schema.minLength ?? 0) > 0)) return undefined;
  return value;
}

/** `/items/0/sku` → `value.items.0.sku`; null where the form has no such field. */
export function pathOf(pointer: string, root: string, schema: JsonSchema): string | null {
  const parts = pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  let here: JsonSchema | undefined = schema;
  for (const part of parts) {
    if (part === '') continue;
    here = here?.type === 'array' ? here.items : here?.properties?.[part];
    if (!here) return null;
  }
  const named = [root, ...parts.filter((part) => part !== '')].join('.');
  return named === root && schema.type === 'object' ? null : named;
}

/** '1.290,5', '1,290.50', '1290' → cents; null for what is no amount. */
export function centsOf(text: string): number | null {
  const trimmed = text.replaceAll(/[\s\u00a0']/g, '');
  const match = /^(-?)(\d{1,3}(?:([.,])\d{3}(?:\3\d{3})*)?|\d+)(?:([.,])(\d{1,2}))?$/.exec(trimmed);
  if (!match) return null;
  const [, sign, whole = '', groups, point, fraction = ''] = match;
  if (groups && groups === point) return null;
  const cents = Number(whole.replaceAll(/[.,]/g, '')) * 100 + Number(fraction.padEnd(2, '0'));
  return Number.isSafeInteger(cents) ? (sign ? -cents : cents) : null;
}
export function centsToText(cents: number): string {
  const size = Math.abs(cents);
  return `${cents < 0 ? '-' : ''}${Math.floor(size / 100)}.${String(size % 100).padStart(2, '0')}`;
}
