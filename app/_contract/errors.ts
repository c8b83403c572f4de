/**
 * The shape of every refusal by the server: what happened, in words for an operator, and what can be done next. Every
 * route answers a refusal as `{ error: AppFailure }` with the HTTP status of its code.
 */
import { z } from 'zod';

/** A closed union: a new kind of failure needs a new code here, with its status and its default advice. */
export const FAILURES = {
  badRequest: { status: 400, whatToDo: 'Correct the request and send it again.' },
  nothingHere: { status: 404, whatToDo: 'Check the address.' },
  methodNotAllowed: { status: 405, whatToDo: 'Send it with a method that the address has.' },
  inputInvalid: { status: 422, whatToDo: 'Correct the fields named below and send it again.' },
  notSignedIn: { status: 401, whatToDo: 'Sign in; you will return to this page.' },
  secondFactorNeeded: {
    status: 403,
    whatToDo: 'Reload the page and set one up; you will return to this page.',
  },
  wrongCredentials: { status: 401, whatToDo: 'Check both. After ten wrong attempts you must wait a minute.' },
  wrongCode: {
    status: 401,
    whatToDo: 'Let the phone set its clock by itself and enter the code that it shows now, or use a recovery code.',
  },
  notInvited: {
    status: 403,
    whatToDo: 'Ask an administrator to invite the e-mail address that you have there.',
  },
  emailUnverified: { status: 403, whatToDo: 'Verify your e-mail address there, then sign in again.' },
  providerRefused: { status: 403, whatToDo: 'Sign in again. If it fails again, ask an administrator.' },
  providerAway: { status: 503, whatToDo: 'Try again later, or sign in with a password.' },
  passkeyRefused: { status: 401, whatToDo: 'Try again, or sign in in another way.' },
  secondStepOver: { status: 401, whatToDo: 'Enter the e-mail address and the password again.' },
  notHere: {
    status: 403,
    whatToDo:
      'Open Backstitch on the machine where it runs, or use the link with the token that it printed when it started.',
  },
  deactivated: { status: 403, whatToDo: 'Ask an administrator to reactivate your account.' },
  linkUsed: { status: 410, whatToDo: 'Ask an administrator for a new link.' },
  chatNotFound: { status: 404, whatToDo: 'Look at the list of chats in Settings, Notifications.' },
  guestNotFound: { status: 404, whatToDo: 'Look at the list of guests of the approval.' },
  guestLinkOver: { status: 410, whatToDo: 'Ask whoever sent it to you for a new link.' },
  linkBroken: { status: 404, whatToDo: 'Copy the whole link of the mail, or sign in and look at Your account.' },
  personNotFound: { status: 404, whatToDo: 'Go back to the list of people in Settings.' },
  keyNotFound: { status: 404, whatToDo: 'Go back to the list of keys in Settings.' },
  lastAdmin: { status: 409, whatToDo: 'Give the administrator role to somebody else first.' },
  signUpClosed: { status: 403, whatToDo: 'Sign in with the existing account, or ask its owner for an invitation.' },
  notAllowed: {
    status: 403,
    whatToDo: 'Ask an administrator for a role that allows it, or ask somebody who has such a role.',
  },
  foreignOrigin: { status: 403, whatToDo: 'Open Backstitch at its own address and try again there.' },
  tooManyTries: { status: 429, whatToDo: 'Wait a minute, then try again.' },
  flowNotFound: { status: 404, whatToDo: 'Go back to the list of flows.' },
  versionNotFound: { status: 404, whatToDo: 'Choose one of the published versions.' },
  versionRetired: {
    status: 409,
    whatToDo: 'Start another version, or take the retirement back in the list of versions of the flow.',
  },
  lastServedVersion: {
    status: 409,
    whatToDo: 'Publish a new version first, or say that the flow is to start no more runs.',
  },
  documentInvalid: { status: 422, whatToDo: 'Correct the problems named below and try again.' },
  trialEnded: { status: 409, whatToDo: 'Change what the message names, then try again.' },
  publishedMeanwhile: {
    status: 409,
    whatToDo: 'Read the newest version, apply your changes to it, and publish again.',
  },
  gateNotFound: { status: 404, whatToDo: 'Check the revision again.' },
  gateRefused: { status: 409, whatToDo: 'Read the reason, then check the revision again.' },
  flowNameTaken: { status: 409, whatToDo: 'Give the flow in the draft another name, then publish again.' },
  scheduleNotFound: { status: 404, whatToDo: 'Go back to the list of schedules.' },
  scheduleIdTaken: { status: 409, whatToDo: 'Choose another id, or open the schedule that has it.' },
  templateNotFound: { status: 404, whatToDo: 'Choose one of the templates.' },
  draftNotFound: { status: 404, whatToDo: 'Go back to the list of flows.' },
  draftArchived: { status: 409, whatToDo: 'Restore the draft in the list of flows first.' },
  draftMoved: { status: 409, whatToDo: 'Look at the newest changes, then publish again.' },
  draftOpen: { status: 409, whatToDo: 'Archive the other draft of this flow first, or go on with it.' },
  draftStateGone: { status: 410, whatToDo: 'Choose one of the entries in the history of the draft.' },
  connectionNotFound: { status: 404, whatToDo: 'Go back to the list of connections in Settings.' },
  changedMeanwhile: { status: 409, whatToDo: 'Read the newest state, apply your changes to it, and save again.' },
  hookNotFound: { status: 404, whatToDo: 'Check the address: the webhook may have been removed.' },
  hookUnproved: {
    status: 401,
    whatToDo: 'Give the sender the secret of this webhook, or this webhook that of the sender.',
  },
  subscriptionNotFound: { status: 404, whatToDo: 'Go back to the list of events out in Settings.' },
  viewNotFound: { status: 404, whatToDo: 'Choose one of the views above the list.' },
  runNotFound: {
    status: 404,
    whatToDo: 'Go back to the list of runs. The run may have been deleted after its retention period.',
  },
  runClosed: { status: 409, whatToDo: 'Nothing can be sent to a run that has ended. If necessary, start a new run.' },
  workflowIdTaken: { status: 409, whatToDo: 'Choose another id, or open the run that has it.' },
  requestReused: { status: 409, whatToDo: 'Reload the page and send it again.' },
  refused: { status: 409, whatToDo: 'Read the reason. Nothing was changed.' },
  queryFailed: {
    status: 422,
    whatToDo: 'Check the argument; if the run keeps failing its workflow task, look at its events.',
  },
  taskNotFound: { status: 404, whatToDo: 'Go back to the inbox.' },
  alreadyDecided: { status: 409, whatToDo: 'There is nothing left to do for this task.' },
  dataChanged: { status: 409, whatToDo: 'Read the data again before you decide.' },
  notCandidate: { status: 403, whatToDo: 'Ask one of the people who may decide.' },
  delegationNotFound: { status: 404, whatToDo: 'Look at the list of those that are in effect.' },
  claimedByOther: { status: 409, whatToDo: 'Leave it to them, or take it over first.' },
  commentRequired: { status: 422, whatToDo: 'Write the reason as a comment.' },
  payloadTooLarge: { status: 413, whatToDo: 'Send less than 2 MB. Store large data elsewhere and send its address.' },
  engineAway: {
    status: 503,
    whatToDo: 'Nothing was lost. The page reconnects by itself. Try again when the engine is back.',
  },
  databaseAway: {
    status: 503,
    whatToDo: 'Nothing was lost. The page reconnects by itself. Try again when the database is back.',
  },
  exampleAway: { status: 503, whatToDo: 'Start the services of the example, or try again later.' },
  outcomeUnknown: { status: 504, whatToDo: 'Check whether it arrived before you try again.' },
  unexpected: {
    status: 500,
    whatToDo: 'Try again. If it fails again, send the reference to the administrator of Backstitch.',
  },
} as const;
export type FailureCode = keyof typeof FAILURES;

export const appFailureSchema = z.object({
  code: z.enum(Object.keys(FAILURES) as [FailureCode, ...FailureCode[]]),
  /** What happened, and what it means for the run: one or two sentences. */
  message: z.string(),
  whatToDo: z.string(),
  /** Problems of fields by JSON pointer (`/amount`), or diagnostics by node id. */
  problems: z.array(z.object({ at: z.string(), message: z.string() })).optional(),
  /** Identifies the line in the server's log; only with `unexpected`. */
  reference: z.string().optional(),
});
export type AppFailure = z.infer<typeof appFailureSchema>;
export const failureAnswerSchema = z.object({ error: appFailureSchema });
