/** The same text as app/not-found.tsx, inside the shell. */
export { default } from '../not-found';
