/** CSV (RFC 4180) for spreadsheets. */

/**
 * What a spreadsheet treats as a formula: also behind blanks, and in the wide forms of these signs, which some read
 * alike.
 */
const FORMULA = /^(?:\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n])/;

/** A cell that a spreadsheet would treat as a formula is marked as text. */
export function csvLine(cells: readonly string[]): string {
  const quoted = cells.map((cell) => `"${(FORMULA.test(cell) ? `'${cell}` : cell).replaceAll('"', '""')}"`);
  return `${quoted.join(',')}\r\n`;
}
