/** Reads fields of plain data that may not be an object. */
export type Fields = Record<string, unknown>;

/** True for an object that is neither an array nor null. */
export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The fields of the value; no fields if it is not an object. */
export const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {});

/** The fields of the value; null if it is not an object. */
export const fieldsOrNull = (value: unknown): Fields | null => (isFields(value) ? value : null);
