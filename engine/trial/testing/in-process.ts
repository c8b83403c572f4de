/** Trials in the process of a test: the same player, without a process that could be killed. */
import { catalogue } from '../../activities/catalogue';
import { TypeChecker } from '../../compiler/type-check';
import { createToolchain } from '../../versions/toolchain';
import { sentPart } from '../parts';
import { TrialPlayer } from '../../processes/trial-player';
import type { Trials } from '../trials';

export function trialsInProcess(): Pick<Trials, 'play'> & { close(): Promise<void> } {
  let player: TrialPlayer | null = null;
  return {
    async play(_person, request, onPart, signal) {
      const types = new TypeChecker();
      player ??= new TrialPlayer(
        createToolchain(catalogue, async ({ files, manifest }) => types.check(files, manifest?.nodes ?? {}))
      );
      await player.play(request, (part) => {
        if (!signal.aborted) onPart(sentPart(part));
      });
    },
    close: () => player?.close() ?? Promise.resolve(),
  };
}

/** For tests in which nobody tries anything. */
export const noTrials: Pick<Trials, 'play'> = { play: () => Promise.reject(new Error('there are no trials here')) };
