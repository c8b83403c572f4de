import { FAILURES, type AppFailure } from '@/app/_contract/errors';

/** Why the browser gave no answer of a device; null if the error is not the browser's. */
export function deviceFailure(error: unknown): AppFailure | null {
  if (!(error instanceof Error) || !(error.name in MESSAGES)) return null;
  return { code: 'passkeyRefused', message: MESSAGES[error.name] ?? '', whatToDo: FAILURES.passkeyRefused.whatToDo };
}

/** By the names of the browser's errors. */
const MESSAGES: Readonly<Record<string, string>> = {
  NotAllowedError: 'No passkey was used: it was cancelled, took too long, or this device has none for Backstitch.',
  AbortError: 'No passkey was used: it was cancelled.',
  InvalidStateError: 'This device has a passkey of yours for Backstitch already.',
  NotSupportedError: 'This device makes no passkeys that Backstitch can use.',
  SecurityError: 'The browser makes no passkeys at this address.',
  WebAuthnError: 'The browser did not ask the device.',
};
