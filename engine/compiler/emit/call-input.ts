/**
 * The input of a call as code. Texts of the document are distinguished from data here, because at run time both are
 * strings: placeholders are replaced by expressions for the keys, and a path becomes a template whose values are
 * encoded (`s.path`). At run time data is never searched for placeholders.
 */
import type { InputPlace } from '../../flow/catalogue';
import type { Template } from '../../flow/document';
import { addressOf, type Address, type Piece } from './address';
import { expression, expressionIn, objectText, template, text } from './print';

export interface CallInput {
  code: string;
  /** True if the code reads the keys of the call. */
  readsCall: boolean;
}

const PLACEHOLDER = /\{(idempotencyKey|forwardKey)\}/g;

/** `call`: the name of the argument with the keys (`ActivityCall`). */
export function callInput(value: Template, places: Readonly<Record<string, InputPlace>>, call: string): CallInput {
  let readsCall = false;
  /** A text of the document as pieces; its placeholders are replaced by the keys. */
  const pieces = (words: string): Piece[] =>
    words.split(PLACEHOLDER).map((part, index) => {
      if (index % 2 === 0) return { drawn: part };
      readsCall = true;
      return { value: `${call}.${part}` };
    });
  const withKeys = (address: Address): Address =>
    Array.isArray(address)
      ? address.flatMap((piece) => ('drawn' in piece ? pieces(piece.drawn) : [piece]))
      : { ...address, then: withKeys(address.then), otherwise: withKeys(address.otherwise) };

  const field = (place: InputPlace | undefined, drawn: Template): string => {
    const source = expressionIn(drawn);
    switch (place) {
      case 'path':
      case 'url': {
        if (source === null && typeof drawn !== 'string') return template(drawn);
        const address = withKeys(source === null ? [{ drawn: drawn as string }] : addressOf(source));
        return addressText(address, place);
      }
      case 'text':
        return template(drawn, (words) => literal(pieces(words)));
      case 'data':
        return template(drawn, (words) => (isPlaceholder(words) ? literal(pieces(words)) : text(words)));
      case undefined:
        return template(drawn);
    }
  };

  if (typeof value !== 'object' || value === null || Array.isArray(value) || expressionIn(value) !== null)
    return { code: template(value), readsCall };
  const code = objectText(
    Object.entries(value).map(([name, drawn]) => [
      name,
      field(Object.hasOwn(places, name) ? places[name] : undefined, drawn),
    ])
  );
  return { code, readsCall };
}

const isPlaceholder = (words: string): boolean => /^\{(idempotencyKey|forwardKey)\}$/.test(words);

function addressText(address: Address, place: 'path' | 'url'): string {
  if (!Array.isArray(address)) {
    const { when, then, otherwise } = address;
    return `(${expression(when)} ? ${addressText(then, place)} : ${addressText(otherwise, place)})`;
  }
  const pieces = address.filter((piece) => !('drawn' in piece) || piece.drawn !== '');
  const [first, ...more] = pieces;
  // A value at the very beginning of an address is not part of a path: it is an origin, or a whole address from a
  // service.
  if (place === 'url' && first && 'value' in first) {
    if (more.length === 0) return expression(first.value);
    return `${expression(first.value)} + s.path${templateLiteral(more)}`;
  }
  return pieces.every((piece) => 'drawn' in piece) ? literal(pieces) : `s.path${templateLiteral(pieces)}`;
}

function literal(pieces: Piece[]): string {
  if (pieces.every((piece) => 'drawn' in piece)) return text(pieces.map(({ drawn }) => drawn).join(''));
  const [first, ...more] = pieces.filter((piece) => !('drawn' in piece) || piece.drawn !== '');
  return first && 'value' in first && more.length === 0 ? first.value : templateLiteral(pieces);
}

function templateLiteral(pieces: Piece[]): string {
  const inner = pieces.map((piece) =>
    'value' in piece
      ? `\${${piece.value}\n}`
      : text(piece.drawn)
          .slice(1, -1)
          .replaceAll('\\"', '"')
          .replace(/`|\$(?=\{)/g, '\\$&')
  );
  return `\`${inner.join('')}\``;
}
