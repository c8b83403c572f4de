/** How long the engine waits before it asks again for what could not be had (the lease, a read). */
export const RETRY_MS = 500;
