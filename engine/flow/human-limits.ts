/** What the inbox takes of a question to a person. Documents are held against it when they are published, tasks when they are opened. */
export const LONGEST_QUESTION = 4_000;
/** Characters of an e-mail address, or of a group's name. */
export const LONGEST_CANDIDATE = 320;
export const MOST_CANDIDATES = 1_000;
