/**
 * Our server sets this header on every request, because a page has no other way to read its own address. A header of
 * this name from the caller is removed.
 */
export const PATH_HEADER = 'x-backstitch-path';
