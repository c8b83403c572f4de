/** Names in the environment of an exported worker. Different names stay different. */
import { asCode } from '../flow/values/text';

export interface Variable {
  name: string;
  /** Markdown, for the README. */
  what: string;
}

/** 'shop-eu' → 'SHOP_EU' */
const upper = (name: string) =>
  name.replace(/[_.-]/g, (mark) => ({ '-': '_', '.': '__', _: '___' })[mark] ?? '_').toUpperCase();

/** 'secret-shop' is SECRET__SHOP_URL, because SECRET_SHOP_URL is the secret 'shop-url'. */
export const addressVariable = (connection: string): string =>
  `${upper(connection)}_URL`.replace(/^SECRET_/, 'SECRET__');
/** Where access tokens come from. */
export const tokenVariable = (connection: string): string =>
  `${addressVariable(connection).slice(0, -'URL'.length)}_TOKEN_URL`;
export const secretVariable = (secret: string): string => `SECRET_${upper(secret)}`;

/** A text as code, as Prettier writes it. */
export const quoted = (text: string): string =>
  `'${asCode(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
