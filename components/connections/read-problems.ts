/** Why a document cannot be read. */
export const TOO_DEEP = 'The document is nested too deep to be read.';
export const NOT_LOADED =
  'The reader of documents cannot be loaded. Check the connection to Backstitch, then try again.';
