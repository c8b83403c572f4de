/** Set by our own server on every request: a page cannot see its own address otherwise. What a caller sends in it is dropped. */
export const PATH_HEADER = 'x-backstitch-path';
