/** Values between JSON and PostgreSQL, without losing a digit. */
import pg from 'pg';
import { parse as parseArray } from 'postgres-array';
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

type Parser = (text: string) => unknown;

/** NaN and Infinity are texts, because JSON has no such numbers. */
const numberOf: Parser = (text) => (/^-?[\d.]/.test(text) ? readJson(text) : text);
/** Their text is kept: a JavaScript date would move them into a time zone, and has no microseconds. */
const asText: Parser = (text) => text;
const bytesOf: Parser = (text) => Buffer.from(text.slice(2), 'hex').toString('base64');

/** In UTC, with every digit of the second. What is no date of JSON (infinity, years before 1) is kept as text. */
const instantOf: Parser = (text) => {
  const [, whole, fraction = '', zone] = /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(?:\.(\d+))?([+-]\S+)$/.exec(text) ?? [];
  const [hours = '', minutes = '00', seconds = '00'] = zone?.slice(1).split(':') ?? [];
  const atMs = Date.parse(`${whole?.replace(' ', 'T')}Z`);
  if (zone === undefined || Number.isNaN(atMs)) return text;
  const offsetS = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  const utc = new Date(atMs - (zone.startsWith('-') ? -1 : 1) * offsetS * 1_000).toISOString();
  return utc.replace('.000Z', `.${fraction.padEnd(3, '0')}Z`);
};

/** How values become JSON, by type: [type, type of lists of it, parser]. The numbers are those of pg_type. */
const TYPES: readonly (readonly [one: number, list: number, parse: Parser])[] = [
  [20, 1016, numberOf], // int8
  [700, 1021, numberOf], // float4
  [701, 1022, numberOf], // float8
  [1700, 1231, numberOf], // numeric
  [114, 199, readJson], // json
  [3802, 3807, readJson], // jsonb
  [17, 1001, bytesOf], // bytea
  [1184, 1185, instantOf], // timestamptz
  [1114, 1115, asText], // timestamp
  [1082, 1182, asText], // date
  [1083, 1183, asText], // time
  [1266, 1270, asText], // timetz
  [1186, 1187, asText], // interval
  [600, 1017, asText], // point
  [718, 719, asText], // circle
];
const PARSERS: ReadonlyMap<number, Parser> = new Map(
  TYPES.flatMap(([one, list, parse]) => [
    [one, parse] as const,
    [list, (text: string) => parseArray(text, parse)] as const,
  ])
);

export const SQL_TYPES: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary'): Parser => {
    if (format === 'binary') return pg.types.getTypeParser(oid, 'binary') as Parser;
    return PARSERS.get(oid) ?? (pg.types.getTypeParser(oid, 'text') as Parser);
  }) as pg.CustomTypesConfig['getTypeParser'],
};
