/** Waits for a duration, or until an instant. */
import { z } from 'zod';
import { instantMs, isZone } from '../../saga/instant';
import { durationSchema } from '../duration';
import { nearestZone } from '../zones';
import { expressionSchema } from '../template';
import { nodeFields } from './fields';
import { LEAF, type NodeFacts } from './facts';

const schema = () =>
  z.strictObject({
    ...nodeFields,
    kind: z.literal('wait'),
    /** One of the two. `until` is an ISO 8601 instant with its offset (saga/instant.ts). */
    duration: z.union([durationSchema, z.strictObject({ $expr: expressionSchema })]).optional(),
    until: expressionSchema.optional(),
    /**
     * An IANA name, e.g. 'Europe/Berlin'. With it, `until` may also be a date, or a date and time without an offset.
     */
    zone: z.string().min(1).max(64).optional(),
  });
export interface WaitNode extends z.infer<ReturnType<typeof schema>> {}

export const wait: NodeFacts<WaitNode> = {
  schema,
  ...LEAF,
  expressions: ['until'],
  create: (id) => ({ id, title: 'New wait', kind: 'wait', duration: '1h' }),
  templates: ({ duration, until }) =>
    until === undefined ? [{ value: duration, path: ['duration'] }] : [{ value: { $expr: until }, path: ['until'] }],
  /** [FV8] */
  check({ id, duration, until, zone }, _catalogue, report) {
    if ((duration === undefined) === (until === undefined)) {
      const message =
        until === undefined
          ? 'It has neither a time nor a moment to wait for.'
          : 'It has both a time and a moment to wait for.';
      report('wait-without-end', id, ['duration'], message, "Give either a time ('duration') or a moment ('until').");
    }
    if (zone !== undefined && until === undefined)
      report('zone-without-until', id, ['zone'], 'A zone has no meaning for a duration.', 'Remove it.');
    if (zone !== undefined && !isZone(zone)) {
      const message = `There is no time zone '${zone}'.`;
      const meant = nearestZone(zone);
      const fix = meant === null ? "Use a name such as 'Europe/Berlin' or 'UTC'." : `Did you mean '${meant}'?`;
      report('unknown-zone', id, ['zone'], message, fix, meant);
    } else if (until !== undefined) {
      const [, , written] = /^\s*(['"])([^'"\\]*)\1\s*$/.exec(until) ?? [];
      if (written !== undefined && instantMs(written, zone) === null) {
        const [message, fix] = noInstant(written, zone);
        report('no-instant', id, ['until'], message, fix);
      }
    }
  },
  trace: 'timer',
  waitsFor: 'timer',
  drawing: { shape: 'card' },
  words: {
    kind: 'wait',
    line({ duration, until, zone }) {
      if (typeof duration === 'string') return `For ${duration}`;
      return until ? `Until ${momentWords(until, zone)}` : 'For a computed time';
    },
    ahead: ({ title }) => `Then it waits: ${title}.`,
  },
};

/** '2030-01-01 09:00 UTC' for a moment that is written in quotes; an expression as it is. */
function momentWords(until: string, zone: string | undefined): string {
  const [, , date, time, offset] =
    /^\s*(['"])(\d{4}-\d{2}-\d{2})(?:[Tt ](\d{2}:\d{2})(?::\d{2}(?:\.\d+)?)?([Zz]|[+-][\d:]+)?)?\1\s*$/.exec(until) ??
    [];
  if (date === undefined) return until;
  const where = offset === undefined ? (zone ?? '') : /z/i.test(offset) ? 'UTC' : `UTC${offset}`;
  return [date, time ?? '', where].filter((part) => part !== '').join(' ');
}

/** What is wrong with a moment that is written, and how to write it. */
function noInstant(written: string, zone: string | undefined): [message: string, fix: string] {
  const hasForm = /^\d{4}-\d{2}-\d{2}(?:$|[Tt ]\d{2}:\d{2})/.test(written);
  if (hasForm && instantMs(written, 'UTC') === null)
    return [`The date or time '${written}' does not exist.`, 'Write one that exists.'];
  if (zone !== undefined)
    return [`'${written}' is not a date, or a date and time.`, "Write it as '2026-11-28' or '2026-11-28T17:00'."];
  return [
    `'${written}' is not a date and time with its offset from UTC.`,
    "Write it as '2026-11-28T17:00:00Z', or set a time zone.",
  ];
}
