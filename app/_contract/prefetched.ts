import type { AppFailure } from './errors';

/** What a server page read for its island: the data, or why there is none. */
export type Prefetched<T> = { data: T; failure?: undefined } | { data?: undefined; failure: AppFailure };
