import { FAILURES, type AppFailure, type FailureCode } from '@/app/_contract/errors';

/** Anybody can write an address: only these sentences can be shown. */
const MESSAGES: Partial<Record<FailureCode, (provider: string) => string>> = {
  notInvited: (provider) => `There is no account and no invitation for your address at ${provider}.`,
  emailUnverified: (provider) => `${provider} has not verified your e-mail address.`,
  deactivated: () => 'This account was deactivated.',
  providerRefused: (provider) =>
    `The sign-in with ${provider} was refused, took too long, or was begun in another browser.`,
  providerAway: (provider) => `${provider} does not answer.`,
  tooManyTries: () => 'Too many attempts to sign in from this address.',
  databaseAway: () => 'The database does not answer.',
  unexpected: (provider) => `The sign-in with ${provider} failed.`,
};

/** What a refused answer of the provider means, by the code in the address; null: it was not refused. */
export function providerRefusal(code: unknown, provider: string): AppFailure | null {
  if (typeof code !== 'string' || !Object.hasOwn(MESSAGES, code)) return null;
  const known = code as FailureCode;
  const message = MESSAGES[known]?.(provider) ?? '';
  return { code: known, message, whatToDo: FAILURES[known].whatToDo };
}
