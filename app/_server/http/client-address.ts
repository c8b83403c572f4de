/** Header in which our server tells the caller's address; whatever a caller sends under this name is overwritten. */
export const CLIENT_HEADER = 'x-backstitch-client';
