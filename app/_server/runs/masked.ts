/**
 * What may leave the server of a run's values besides its live view: answers to queries and updates, the words of their
 * refusals, memo and attributes, what a person is asked about. Values that the run's history shows to be sensitive are
 * hidden in all of them.
 */
import type { FlowManifest } from '@/engine/flow/manifest';
import { namesSensitive } from '@/engine/flow/values/mask';
import { NO_MASK, type Mask } from '@/engine/run-view/mask';
import { Refusal } from '../failure';
import type { Web } from '../web';
import type { RunAddress } from './address';

/**
 * The run's history is read where its flow calls anything sensitive, and only there. Rejects when it cannot be read
 * now.
 */
export async function maskOfRun(
  { hub }: Pick<Web, 'hub'>,
  manifest: FlowManifest | null | undefined,
  run: RunAddress
): Promise<Mask> {
  return manifest && namesSensitive(manifest) ? hub.mask(run) : NO_MASK;
}

/** The same refusal, without what is sensitive in its words. */
export function maskedRefusal(refusal: Refusal, mask: Mask): Refusal {
  const { code, message, problems, cause } = refusal;
  return new Refusal(code, mask.data(message), mask.data(problems), { cause });
}
