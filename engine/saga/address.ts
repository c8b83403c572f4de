/**
 * Values inside an address of the flow. A value is data: in a path it is one segment or a part of one, never a
 * separator, a query or a step to the parent; in a query it is one value.
 */

/** The tag of a template for an address. Throws a TypeError for a value that cannot be part of a segment. */
export function addressText(drawn: readonly string[], values: readonly unknown[]): string {
  let address = drawn[0] ?? '';
  let path = beforeQuery(address);
  values.forEach((value, index) => {
    const inQuery = path.length < address.length;
    const rest = drawn[index + 1] ?? '';
    const encoded = encodeURIComponent(textOf(value, inQuery));
    address += encoded + rest;
    if (!inQuery) path += encoded + beforeQuery(rest);
  });
  // A segment of dots means "this level" or "parent", and encoding does not change that. Text after ';' is a
  // parameter of the segment.
  const segments = path.split(/[/\\]/).map((segment) => segment.replace(/;.*$/s, ''));
  if (segments.some((segment) => segment === '.' || segment === '..'))
    throw new TypeError('A value would make a segment of the path that consists of dots only.');
  return address;
}

const beforeQuery = (text: string): string => text.replace(/[?#].*$/s, '');

function textOf(value: unknown, mayBeEmpty: boolean): string {
  const isScalar = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  if (!isScalar) throw new TypeError(`A value in the address is not a text, number or boolean: ${kindOf(value)}.`);
  const text = String(value);
  if (text === '' && !mayBeEmpty)
    throw new TypeError('A value in the path is empty, which would make another address.');
  return text;
}

const kindOf = (value: unknown): string =>
  Array.isArray(value) ? 'a list' : value === null ? 'null' : `${typeof value}`;
