/**
 * The revision that lists show of a run, in the search attribute BuildIds; null for the first revision of a version,
 * which most runs are on, and for runs without one.
 */
export const listedRevision = (revision: string): string | null =>
  revision === '' || revision.endsWith('.0') ? null : revision;
