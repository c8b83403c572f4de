/** The process that replays open runs on a revision (proving-process.ts). It has no access to anything. */
import { Prover, type Candidate, type Proof, type Proved } from './prover';

export type ToGate = { kind: 'candidate'; candidate: Candidate } | { kind: 'prove'; key: number; proof: Proof };
export type FromGate = { key: number; proved: Proved } | { bug: string };

let prover: Prover | null = null;
const tell = (message: FromGate) => process.send?.(message);

process.on('message', (message: ToGate) => {
  if (message.kind === 'candidate') {
    prover = new Prover(message.candidate);
    return;
  }
  const { key, proof } = message;
  prover?.prove(proof).then(
    (proved) => tell({ key, proved }),
    (error: Error) => tell({ bug: error.stack ?? error.message })
  );
});
process.once('disconnect', () => process.exit(0));
