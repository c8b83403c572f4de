/** The option `--<name>` as a whole number. Throws, with the name, if it is none. */
export function whole(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`--${name}: '${text}' is not a whole number.`);
  return Number(text);
}
