/** Blanks, and characters that are not drawn, such as U+200B. */
const UNSEEN = /^[\s\p{Default_Ignorable_Code_Point}]*$/u;

/** True for a title or a tag in which nothing can be seen: in a list it would be a line without a name. */
export const isUnseen = (text: string): boolean => UNSEEN.test(text);
