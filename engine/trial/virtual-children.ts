/** The children of a virtual run: they are played elsewhere, and the run hears how each of them ended. */
import type { ChildState, HistoryEvent } from '../history';
import { decodePayload, type PayloadLike } from '../flow/values/payload';

/** A child that a run starts. */
export interface ChildAsked {
  workflowId: string;
  workflowType: string;
  /** The step that starts it. */
  stepId: string;
  input: unknown;
  memo: Record<string, unknown>;
  nowMs: number;
}
export interface ChildPlayed {
  /** The event that closes it, and when; never resolves for one that does not end by itself. */
  closed: Promise<{ event: HistoryEvent; atMs: number }>;
  /** It ends by itself, without anything else happening to the run that started it. */
  isWorking: boolean;
  cancel(): void;
}

export function askedOf({ initiated, workflowId, workflowType }: ChildState, nowMs: number): ChildAsked {
  const { attributes, userMetadata } = initiated!;
  const read = (payload: unknown): unknown => (payload ? decodePayload(payload as PayloadLike) : undefined);
  const memo = Object.entries(attributes.memo?.fields ?? {}).map(([name, payload]) => [name, read(payload)]);
  return {
    workflowId,
    workflowType,
    stepId: String(read(userMetadata?.summary) ?? ''),
    input: read(attributes.input?.payloads?.[0]),
    memo: Object.fromEntries(memo) as Record<string, unknown>,
    nowMs,
  };
}
