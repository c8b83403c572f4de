/** The example services that keep books of their own, with which the ledger of a run can be compared (registry.ts). */
import { z } from 'zod';
import type { BookedService } from '../run-view/books';
import { connectionName, EXAMPLES_ADDRESS } from './services/connection';
import { REFERENCE, type Service } from './services/service';

export interface Bookkeeper extends BookedService {
  /** The name of its address in BACKSTITCH_CONNECTIONS. */
  address: string;
  /** Where it reports (`bookReportSchema`), below that address; `parameter` takes the reference. */
  path: string;
  parameter: string;
}

export const bookkeeperOf = (service: Service): Bookkeeper => ({
  connection: connectionName(service),
  title: service.title,
  reference: REFERENCE,
  address: EXAMPLES_ADDRESS,
  path: `/${service.name}/ledger`,
  parameter: REFERENCE,
});

/** Null where the example services are switched off. `environment`: the variables of the web process. */
export function booksUrl(
  { address, path, parameter }: Bookkeeper,
  { BACKSTITCH_SHOP, BACKSTITCH_CONNECTIONS = '' }: Readonly<Record<string, string | undefined>>,
  reference: string | null
): URL | null {
  if (BACKSTITCH_SHOP === 'off') return null;
  const start = `${address}=`;
  const named = BACKSTITCH_CONNECTIONS.split(',').findLast((each) => each.trim().startsWith(start));
  if (named === undefined) return null;
  const url = new URL(named.trim().slice(start.length).replace(/\/$/, '') + path);
  if (reference !== null) url.searchParams.set(parameter, reference);
  return url;
}

/** What such a service reports. Fields beside these are its own. */
export const bookReportSchema = z.object({
  keys: z.array(
    z
      .object({
        key: z.string(),
        title: z.string(),
        state: z.enum(['applied', 'undone', 'refused', 'tombstoned']),
        applied: z.number(),
        undone: z.number(),
        detail: z.object({ amount: z.number().nullish(), currency: z.string().nullish() }).catch({}),
        at: z.iso.datetime(),
      })
      .transform(({ detail: { amount, currency }, at, ...rest }) => ({
        ...rest,
        amount: typeof amount === 'number' && currency ? { minor: amount, currency } : null,
        atMs: Date.parse(at),
      }))
  ),
  /** What it counts on its own, such as the money in the till; for these references. */
  sums: z
    .array(
      z.union([
        z.object({ title: z.string(), minor: z.number(), currency: z.string() }),
        z.object({ title: z.string(), count: z.number() }),
      ])
    )
    .default([]),
});
export type BookReport = z.infer<typeof bookReportSchema>;
export type BookSum = BookReport['sums'][number];
