/** Values between JSON and PostgreSQL, without losing a digit. */
import pg from 'pg';
import { isExactData, readJson, writeJson } from '../../flow/values/json';

/** A value of an input as a parameter. The server knows the type of the parameter. */
export function sqlValue(value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (isExactData(value)) return value.$exact;
  if (Array.isArray(value)) {
    // A list of plain values is an array of PostgreSQL; a list of objects is JSON.
    const isPlain = value.every((item) => typeof item !== 'object' || item === null || isExactData(item));
    return isPlain ? value.map(sqlValue) : writeJson(value);
  }
  return typeof value === 'object' ? writeJson(value) : value;
}

const INT8 = 20;
const NUMERIC = 1700;
const JSON_TYPES = [114, 3802];
const BYTEA = 17;
const TIMESTAMPTZ = 1184;
/** Their text is kept: a JavaScript date would move them into a time zone. */
const AS_TEXT = [1082, 1114, 1083, 1266, 1186];

type Parser = (text: string) => unknown;

/** How rows become JSON. */
export const SQL_TYPES: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary'): Parser => {
    if (format === 'binary') return pg.types.getTypeParser(oid, 'binary') as Parser;
    if (oid === INT8 || oid === NUMERIC) return numberOf;
    if (JSON_TYPES.includes(oid)) return readJson;
    if (oid === BYTEA) return (text) => Buffer.from(text.slice(2), 'hex').toString('base64');
    if (oid === TIMESTAMPTZ) return instantOf;
    if (AS_TEXT.includes(oid)) return (text) => text;
    return pg.types.getTypeParser(oid, 'text') as Parser;
  }) as pg.CustomTypesConfig['getTypeParser'],
};

/** NaN and Infinity are texts, because JSON has no such numbers. */
const numberOf: Parser = (text) => (/^-?\d/.test(text) ? readJson(text) : text);

const instantOf: Parser = (text) => {
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? text : at.toISOString();
};
