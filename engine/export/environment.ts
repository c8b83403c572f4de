/** Names in the environment of an exported worker. Different names stay different. */
export interface Variable {
  name: string;
  /** Markdown, for the README. */
  what: string;
}

/** 'shop-eu' → 'SHOP_EU' */
const upper = (name: string) =>
  name.replace(/[_.-]/g, (mark) => ({ '-': '_', '.': '__', _: '___' })[mark] ?? '_').toUpperCase();

export const addressVariable = (connection: string): string => `${upper(connection)}_URL`;
export const secretVariable = (secret: string): string => `SECRET_${upper(secret)}`;

/** A text as code, as Prettier writes it. */
export const quoted = (text: string): string =>
  `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
