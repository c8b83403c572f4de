/** What is wrong with a definition, and where. */
export interface Problem {
  path: (string | number)[];
  message: string;
}
export type Report = (path: (string | number)[], message: string) => void;
