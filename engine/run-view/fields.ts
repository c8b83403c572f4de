/** Plain data that may be an object: read without asking first. */
export type Fields = Record<string, unknown>;

/** Is it an object with fields: no array, not null? */
export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value's fields; none where it is no object. */
export const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {});

/** The value's fields; null where it is no object. */
export const fieldsOrNull = (value: unknown): Fields | null => (isFields(value) ? value : null);
