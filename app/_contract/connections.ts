/** The messages about connections, their operations, and secrets by name. */
import { z } from 'zod';
import type { Catalogue } from '@/engine/flow/catalogue';
import { connectionSchema, type Connection } from '@/engine/flow/connections/connection';
import type { FolderState } from '@/engine/flow/connections/own-code';
import { operationSchema, type Operation } from '@/engine/flow/connections/operation';

export type { CallReport } from '@/engine/flow/connections/call-report';
export type { Connection } from '@/engine/flow/connections/connection';
export type { FolderState } from '@/engine/flow/connections/own-code';
export type { Operation } from '@/engine/flow/connections/operation';

/** Everything that a step can call now: the activities of the product, and the operations of all connections. */
export interface CatalogueAnswer {
  catalogue: Catalogue;
}

/**
 * `names`: only these operations, and what is offered as their undo and look-up; at most a hundred, with commas.
 * `brief`: of a large catalogue, of all others what lists show.
 */
export const catalogueQuerySchema = z.object({
  names: z
    .string()
    .max(20_000)
    .transform((text) => text.split(',').filter((name) => name !== ''))
    .pipe(z.array(z.string()).min(1).max(100))
    .optional(),
  brief: z.literal('yes').optional(),
});

/** Who made and changed a row, and in which state it is. */
export interface Recorded {
  /** Sent back as `base` with a change, which is refused if somebody else was faster. */
  revision: number;
  createdBy: string;
  createdMs: number;
  changedBy: string;
  changedMs: number;
  /** Null: it is in use. */
  archivedMs: number | null;
  archivedBy: string | null;
}
export interface ConnectionRow extends Recorded {
  connection: Connection;
  /** Operations that are not archived. */
  operations: number;
}
export interface OperationRow extends Recorded {
  operation: Operation;
}
export interface ConnectionList {
  connections: ConnectionRow[];
  /** Addresses in the configuration of the engine, which a connection can use by name. */
  environment: { name: string; address: string }[];
}
export interface ConnectionDetail {
  row: ConnectionRow;
  /** Archived ones included. */
  operations: OperationRow[];
  environment: { name: string; address: string }[];
  /** Of the operator's own folder of activities; null for other connections, and if the engine has no folder. */
  folder: FolderState | null;
  /** Flows that call it and that this person may see. */
  uses: ConnectionUse[];
  /** Open drafts that call it and that this person may see; at most a hundred, the latest change first. */
  drafts: DraftUse[];
}
/** A draft whose steps call a connection. */
export interface DraftUse {
  id: string;
  title: string;
  flow: string | null;
  /** Names of the operations, sorted; '' for a request that a step describes itself. */
  operations: string[];
}
export interface ConnectionUse {
  flow: string;
  title: string;
  /** Ascending, retired ones included: their open runs go on. */
  versions: number[];
  /** The newest version of the flow is among them. */
  newest: boolean;
}

/** 0: it is new. */
const baseSchema = z.int().min(0).max(1_000_000_000);
export const putConnectionSchema = z.object({ connection: connectionSchema, base: baseSchema });
export type PutConnection = z.infer<typeof putConnectionSchema>;

export const archiveSchema = z.object({ archived: z.boolean() });

/** All of them are stored, or none. */
export const putOperationsSchema = z.object({
  operations: z
    .array(z.object({ operation: operationSchema, base: baseSchema }))
    .min(1)
    .max(300),
});
export type PutOperations = z.infer<typeof putOperationsSchema>;

export const sendOnceSchema = z.object({ operation: operationSchema, input: z.unknown() });
export type SendOnce = z.infer<typeof sendOnceSchema>;

export interface SecretNames {
  names: string[];
}
export const putSecretSchema = z.object({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9._-]{0,62}$/, 'Small letters, digits, dots and dashes; begins with a letter; at most 63.'),
  value: z.string().min(1, 'Enter the value.').max(60_000),
});
export type PutSecret = z.infer<typeof putSecretSchema>;
