/**
 * The one shape in which the server refuses: what happened, in an operator's words, and what can be done next.
 * Every route answers a refusal as `{ error: AppFailure }` with the status that belongs to its code.
 */
import { z } from 'zod';

/** Closed: a new way to fail is a new code here, with its status and its default advice beside it. */
export const FAILURES = {
  badRequest: { status: 400, whatToDo: 'Correct the request and send it again.' },
  nothingHere: { status: 404, whatToDo: 'Check the address.' },
  inputInvalid: { status: 422, whatToDo: 'Correct the fields named below and send it again.' },
  notSignedIn: { status: 401, whatToDo: 'Sign in; you will come back to where you were.' },
  wrongCredentials: { status: 401, whatToDo: 'Check both; after ten wrong tries there is a minute of waiting.' },
  notHere: {
    status: 403,
    whatToDo:
      'Open Backstitch on the machine where it runs, or use the link with the token that it printed when it started.',
  },
  deactivated: { status: 403, whatToDo: 'Ask an administrator to let you in again.' },
  linkUsed: { status: 410, whatToDo: 'Ask an administrator for a new link.' },
  personNotFound: { status: 404, whatToDo: 'Go back to Settings; the list shows who is there.' },
  keyNotFound: { status: 404, whatToDo: 'Go back to Settings; the list shows every key.' },
  lastAdmin: { status: 409, whatToDo: 'Make somebody else an administrator first.' },
  signUpClosed: { status: 403, whatToDo: 'Sign in with the account that exists, or ask its owner.' },
  notAllowed: { status: 403, whatToDo: 'Ask an administrator for a role that allows it, or somebody who has one.' },
  foreignOrigin: { status: 403, whatToDo: 'Open Backstitch by its own address and try again there.' },
  tooManyTries: { status: 429, whatToDo: 'Wait a minute, then try again.' },
  flowNotFound: { status: 404, whatToDo: 'Go back to the list of flows.' },
  versionNotFound: { status: 404, whatToDo: 'Choose one of the published versions.' },
  documentInvalid: { status: 422, whatToDo: 'Mend the problems named below and publish again.' },
  publishedMeanwhile: { status: 409, whatToDo: 'Read what changed, take it over, and publish again.' },
  runNotFound: { status: 404, whatToDo: 'Go back to the list of runs; it may be past its retention.' },
  runClosed: { status: 409, whatToDo: 'Nothing can be sent to a run that has ended. Start it again if it is needed.' },
  workflowIdTaken: { status: 409, whatToDo: 'Choose another id, or open the run that has it.' },
  requestReused: { status: 409, whatToDo: 'Reload the page and send it once more.' },
  refused: { status: 409, whatToDo: 'Read the reason; the run stays as it was.' },
  queryFailed: {
    status: 422,
    whatToDo: 'Check the argument; if the run keeps failing its workflow task, look at its events.',
  },
  taskNotFound: { status: 404, whatToDo: 'Go back to the inbox.' },
  alreadyDecided: { status: 409, whatToDo: 'Nothing is left to do here.' },
  dataChanged: { status: 409, whatToDo: 'Read the data again before you decide.' },
  notCandidate: { status: 403, whatToDo: 'Ask one of the people who may decide.' },
  commentRequired: { status: 422, whatToDo: 'Say why in the comment.' },
  payloadTooLarge: { status: 413, whatToDo: 'Send less than 2 MB; keep large data elsewhere and send its address.' },
  engineAway: {
    status: 503,
    whatToDo: 'Nothing was lost; the page reconnects by itself. Try again when the engine is back.',
  },
  databaseAway: {
    status: 503,
    whatToDo: 'Nothing was lost; the page reconnects by itself. Try again when the database is back.',
  },
  shopAway: { status: 503, whatToDo: 'Start the example shop, or look again later.' },
  outcomeUnknown: { status: 504, whatToDo: 'Check whether it arrived before you try again.' },
  unexpected: { status: 500, whatToDo: 'Try again; if it stays, send the reference to whoever runs Backstitch.' },
} as const;
export type FailureCode = keyof typeof FAILURES;

export const appFailureSchema = z.object({
  code: z.enum(Object.keys(FAILURES) as [FailureCode, ...FailureCode[]]),
  /** What happened, and what it means for the run. One or two sentences. */
  message: z.string(),
  whatToDo: z.string(),
  /** Field problems by JSON pointer (`/amount`), or diagnostics by node id. */
  problems: z.array(z.object({ at: z.string(), message: z.string() })).optional(),
  /** Finds the line in the server's log; only with `unexpected`. */
  reference: z.string().optional(),
});
export type AppFailure = z.infer<typeof appFailureSchema>;
export const failureAnswerSchema = z.object({ error: appFailureSchema });
