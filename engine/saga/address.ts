/**
 * Values inside a drawn address. A value is data: in a path it is one segment, or a part of one, never a separator, a query or a way up;
 * in a query it is one value.
 */

/** The tag of a template whose texts were drawn. Throws a TypeError for a value that no segment can carry. */
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
  // Such a segment means "this level" or "up", and no encoding takes its meaning away. What follows ';' is a parameter of it.
  const segments = path.split(/[/\\]/).map((segment) => segment.replace(/;.*$/s, ''));
  if (segments.some((segment) => segment === '.' || segment === '..'))
    throw new TypeError('A value makes a segment of the path that is only dots.');
  return address;
}

const beforeQuery = (text: string): string => text.replace(/[?#].*$/s, '');

function textOf(value: unknown, mayBeEmpty: boolean): string {
  const isScalar = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  if (!isScalar) throw new TypeError(`A part of the address has no value that is text: ${kindOf(value)}.`);
  const text = String(value);
  if (text === '' && !mayBeEmpty)
    throw new TypeError('A part of the path is empty, which would make another address of it.');
  return text;
}

const kindOf = (value: unknown): string =>
  Array.isArray(value) ? 'a list' : value === null ? 'null' : `${typeof value}`;
