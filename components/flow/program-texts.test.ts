import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { callsOf } from './program-texts';

test('[PTX1] whatever the input is, a shell reads it as one text', () => {
  const input = { note: `it's $(touch /tmp/x) \`id\` "quoted" \\ ! ; & | > ' ''`, lines: 'a\nb' };
  const [, start = ''] = callsOf('http://127.0.0.1:3000', 'order-fulfilment', input).split('\n\n');
  // The command prints its arguments instead of sending them.
  const printed = execFileSync('sh', ['-c', start.replace(/^curl/, `printf '%s\\0'`)], { encoding: 'utf8' });
  const parts = printed.split('\0');
  expect(parts.slice(0, 3)).toEqual(['-X', 'POST', 'http://127.0.0.1:3000/api/v1/flows/order-fulfilment/runs']);
  expect(JSON.parse(parts[parts.indexOf('-d') + 1] ?? '')).toEqual({ input });
  expect(parts).toHaveLength(12);
});
