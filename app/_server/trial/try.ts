/** Plays a draft once. The answer is the part 'result', as the engine made it. */
import type { TrialBody } from '@/app/_contract/trial';
import type { Actor } from '../people/actor';
import type { Web } from '../web';
import { playTrial } from './play';

/** `signal`: the caller has gone, so the trial is ended. */
export async function tryDraft(
  web: Pick<Web, 'versions' | 'limits'>,
  actor: Actor,
  body: TrialBody,
  signal: AbortSignal
): Promise<Response> {
  const trial = await playTrial(web, actor, 'try', body, signal);
  return new Response(trial.first.json, {
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  });
}
