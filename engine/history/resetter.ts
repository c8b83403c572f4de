/**
 * The identity of a termination by a reset, as on a Temporal server: whoever reads it knows that another run goes on
 * with this run's work.
 */
export const RESETTER = 'history-resetter';
