/** The same words, inside the shell. */
export { default } from '../not-found';
