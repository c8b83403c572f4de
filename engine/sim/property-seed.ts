/**
 * The seed of all property tests, so that a run can be repeated. FC_SEED sets another seed, and FC_RUNS the number of
 * sequences that [REB1] plays.
 */
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env.FC_SEED ?? 20_261_121) });
