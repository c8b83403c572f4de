import type { AppFailure } from './errors';

/** The data that a server page read for its client component, or the reason why there is none. */
export type Prefetched<T> = { data: T; failure?: undefined } | { data?: undefined; failure: AppFailure };
