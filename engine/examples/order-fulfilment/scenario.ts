/**
 * The faults of an order, by its scenario. Pure: the same scenario, call and attempt always fail in the same way.
 * Every call of the order contains the scenario, so the faults of one order never affect another.
 */
import type { Fault } from '../books/effect';
import type { EffectKind } from './effect-kind';

export const SCENARIOS = [
  'goes-well',
  'card-declined',
  'shipment-down',
  'answer-lost',
  'applies-after-timeout',
  'refund-fails',
] as const;
export type Scenario = (typeof SCENARIOS)[number];

/** `attempt` counts the calls with the same key, from 1. */
export function faultOf(scenario: Scenario, call: 'do' | 'undo', kind: EffectKind, attempt: number): Fault {
  if (call === 'do' && kind === 'payment') {
    if (scenario === 'card-declined') {
      return { kind: 'refuse', status: 402, reason: 'CardDeclined', message: 'The card was declined by its bank.' };
    }
    if (scenario === 'answer-lost' && attempt === 1) return { kind: 'loseAnswer' };
    if (scenario === 'applies-after-timeout') return { kind: 'late' };
  }
  if (call === 'do' && kind === 'shipment' && (scenario === 'shipment-down' || scenario === 'refund-fails')) {
    return { kind: 'down', message: 'The carrier does not answer.' };
  }
  if (call === 'undo' && kind === 'payment' && scenario === 'refund-fails') {
    return { kind: 'down', message: 'The card network does not answer.' };
  }
  return { kind: 'none' };
}
