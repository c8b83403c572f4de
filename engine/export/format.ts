/** Formats what an export makes of parts; what was formatted before stays as it is. */
import { format } from 'prettier';

const MADE = /^(src\/(client|task-queue)\.ts|src\/activities\/(index|connections|mapping|climbs|retry-after)\.ts)$/;

export async function formattedProject(files: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  const entries = Object.entries(files).map(async ([path, text]) => [
    path,
    MADE.test(path) ? await format(text, { parser: 'typescript', singleQuote: true, printWidth: 100 }) : text,
  ]);
  return Object.fromEntries((await Promise.all(entries)) as [string, string][]);
}
