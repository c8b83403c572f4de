/** The audit trail as administrators read it. */
import { z } from 'zod';
import { LONGEST_ID } from '@/engine/plain-text';

export const AUDIT_PAGE = 50;
/** Characters of the filters. The target of a run begins with its id. */
export const AUDIT_LONGEST = { who: 200, operation: 100, target: LONGEST_ID };
export const auditQuerySchema = z.object({
  /** Part of a person's name, or their id. */
  who: z.string().trim().max(AUDIT_LONGEST.who).optional(),
  /** `<entity>` or `<entity>.<verb>`. */
  operation: z.string().trim().max(AUDIT_LONGEST.operation).optional(),
  /** A prefix of the target. */
  target: z.string().trim().max(AUDIT_LONGEST.target).optional(),
  outcome: z.enum(['done', 'refused', 'open']).optional(),
  afterMs: z.coerce.number().int().min(0).max(8_640_000_000_000_000).optional(),
  beforeMs: z.coerce.number().int().min(0).max(8_640_000_000_000_000).optional(),
  /** The token of the previous page; the answer continues after it. */
  pageToken: z.string().max(200).optional(),
});
export type AuditQuery = z.infer<typeof auditQuerySchema>;

export interface AuditRow {
  id: string;
  atMs: number;
  actorId: string;
  actorName: string;
  operation: string;
  target: string;
  /** The reason that was given; null if none was given. */
  reason: string | null;
  details: Record<string, string | number | boolean | null>;
  /** 'done' or a failure code; null if the answer never came. */
  outcome: string | null;
  fromAddress: string | null;
  via: string | null;
}
export interface AuditPage {
  rows: AuditRow[];
  nextPageToken: string | null;
  readAtMs: number;
}

/** A link of the chain: its number, from 1, and its hash (sha256, 64 hex digits). {0, ''} if there is none yet. */
export interface AuditHead {
  link: number;
  hash: string;
}
export interface AuditFault {
  /** The number of the link; 0 for an entry without one. */
  link: number;
  entry: string | null;
  /** A sentence. */
  what: string;
}
/** What a check of the whole trail found. */
export interface AuditCheck {
  entries: number;
  head: AuditHead;
  /** The first of them. */
  faults: AuditFault[];
  /** How many there are. */
  found: number;
  /** False: the head of the earlier check is not in the trail. */
  held: boolean;
}
export const checkAuditSchema = z.object({
  /** The head of an earlier check, as it was shown: '4812:9f3a…'; empty: none. */
  head: z
    .string()
    .trim()
    .max(100)
    .regex(/^(\d{1,15}:[0-9a-f]{64})?$/, "must be the head of an earlier check, such as '4812:9f3a…', or empty")
    .default(''),
});
export type CheckAudit = z.infer<typeof checkAuditSchema>;
