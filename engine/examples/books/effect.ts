/** An effect of an example service: what it books, and how it is undone. */
import type { Transaction } from './database';

/** A request, as the service has checked it. */
export type Booked = Record<string, unknown>;

export type Applied =
  | { kind: 'applied'; answer: Record<string, unknown> }
  | { kind: 'refused'; status: number; reason: string; message: string };

export interface BookedEffect {
  /** The field of a request that has the id of the business case, such as the number of an order. */
  subject: string;
  /** Runs inside the transaction that books the effect. */
  apply(tx: Transaction, key: string, request: Booked): Promise<Applied>;
  undo(tx: Transaction, detail: Booked): Promise<void>;
}

/** By kind, as it is stored with each key. */
export type EffectTable = Readonly<Record<string, BookedEffect>>;

export const subjectOf = ({ subject }: BookedEffect, request: Booked): string => {
  const value = request[subject];
  return typeof value === 'string' ? value : '';
};

/** What a service does instead of answering as usual. */
export type Fault =
  | { kind: 'none' }
  /** A final refusal: nothing happened, and nothing will happen with this key. */
  | { kind: 'refuse'; status: number; reason: string; message: string }
  /** 503, nothing happened. */
  | { kind: 'down'; message: string }
  /** Applied, and the connection is cut before the answer. */
  | { kind: 'loseAnswer' }
  /** Applied and answered after the caller has stopped waiting. */
  | { kind: 'late' };
