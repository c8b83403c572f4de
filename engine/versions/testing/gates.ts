/** For tests: histories are replayed in this process, and there are no open runs. */
import type { OpenRuns } from '../../service/open-runs';
import { Prover, type Candidate } from '../gate/prover';
import type { Proving } from '../gate/proving-process';

export function proveHere(candidate: Candidate): Proving {
  const prover = new Prover(candidate, 1);
  return {
    prove: async (read) => prover.prove(await read()),
    close: () => void prover.close(),
  };
}

export const noRuns: OpenRuns = {
  async *list() {},
  history: () => Promise.resolve([]),
  onChange: () => () => {},
};
