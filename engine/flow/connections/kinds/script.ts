/** Scripts: JavaScript that people write, run in QuickJS with limits of time and memory, and with access to nothing. */
import { z } from 'zod';
import type { KindFacts } from './kind-facts';

/** Characters: of the history of each run only the name is a part, but every version has a copy. */
const LONGEST_SCRIPT = 100_000;

const scriptSettingsSchema = z.strictObject({
  timeoutMs: z.int().min(10).max(30_000),
  memoryMb: z.int().min(1).max(256),
});
export type ScriptSettings = z.infer<typeof scriptSettingsSchema>;

const scriptCallSchema = z.strictObject({
  kind: z.literal('script'),
  /** The body of an async function of `input`; what it returns is the output. */
  code: z.string().min(1).max(LONGEST_SCRIPT),
});
export type ScriptCall = z.infer<typeof scriptCallSchema>;

export const script: KindFacts<ScriptSettings, ScriptCall> = {
  words: 'Scripts',
  settings: scriptSettingsSchema,
  call: scriptCallSchema,
  address: ({ timeoutMs, memoryMb }) => `at most ${timeoutMs / 1_000} s and ${memoryMb} MB`,
  login: () => 'Access to nothing',
  line: ({ code }) => ({ verb: 'RUN', text: code.trim().replace(/\s+/g, ' ') }),
  fields: () => [],
  check: () => {},
  output: (_, declared) => declared,
  onlyReads: () => true,
  effects: ['none'],
};
