/** Property tests draw from one seed, so that a run can be repeated: FC_SEED gives another one, FC_RUNS how many sequences [R1] plays. */
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env.FC_SEED ?? 20_261_121) });
