/**
 * The limits of the inbox for a question to a person. Documents are checked against them when they are published,
 * tasks when they are opened.
 */
export const LONGEST_QUESTION = 4_000;
/** Characters of an e-mail address, or of the name of a group. */
export const LONGEST_CANDIDATE = 320;
export const MOST_CANDIDATES = 1_000;
/** Characters of the title of a decision: it is on a button. */
export const LONGEST_DECISION = 40;
export const MOST_DECISIONS = 8;
/** People who decide one approval together. */
export const MOST_VOTES = 50;
/** Steps of an escalation chain. */
export const MOST_ESCALATIONS = 10;
/** Reminders before the due time. */
export const MOST_BEFORE = 10;
/** For taking a decision back: the run waits so long after each decision. */
export const SHORTEST_TAKE_BACK = '1s';
export const LONGEST_TAKE_BACK = '1h';
/** Between two reminders. */
export const SHORTEST_REMINDER = '1m';
