/**
 * A Temporal cluster cannot refuse a signal: every permitted caller can send any payload, and it is recorded. The run
 * ignores a signal whose payload does not match its declared schema (engine/saga/signals.ts). The history has no
 * event for that, so the same check is made here. It needs the payload as it was sent, so it runs before sensitive
 * values are masked.
 */
import type { FlowManifest } from '../flow/manifest';
import { misfitOf } from '../saga/value-check';
import type { RunEvent } from './model';

export function withRejection(event: RunEvent, manifest: FlowManifest): RunEvent {
  if (event.type !== 'WorkflowExecutionSignaled' || !manifest.checksValues) return event;
  const { signalName, input } = event.attributes;
  const { signals } = manifest.document;
  const name = String(signalName);
  if (!Object.hasOwn(signals, name)) return { ...event, rejected: 'the flow declares no such signal' };
  const misfit = misfitOf(Array.isArray(input) ? (input[0] as unknown) : undefined, signals[name]?.schema ?? {});
  if (!misfit) return event;
  return { ...event, rejected: `${misfit.at === '/' ? 'its payload' : misfit.at} ${misfit.message}` };
}
