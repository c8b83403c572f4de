/** [EVC1] The code that a receiver pastes takes what Backstitch signs, and refuses what was changed, or signed by others. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readStream, SAMPLE, VERIFY_NODE, VERIFY_PYTHON } from '@/components/events/consumer';
import { eventually } from '../testing/world';
import { signed } from './signature';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const OTHER = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
const MINUTE_MS = 60_000;
const headers = (secrets: string[], atMs = Date.now()) => ({ ...signed('evt_1', SAMPLE, secrets, atMs) });
const CASES: [is: boolean, headers: Record<string, string>, body: string][] = [
  [true, headers([SECRET]), SAMPLE],
  // While a secret is replaced.
  [true, headers([OTHER, SECRET]), SAMPLE],
  [false, headers([OTHER]), SAMPLE],
  [false, headers([SECRET]), SAMPLE.replace('"failed"', '"completed"')],
  [false, { ...headers([SECRET]), 'webhook-id': 'evt_2' }, SAMPLE],
  [false, headers([SECRET], Date.now() - 6 * MINUTE_MS), SAMPLE],
];

test('[EVC1] with Node.js', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'backstitch-receiver-'));
  await writeFile(path.join(folder, 'receiver.mjs'), VERIFY_NODE);
  await symlink(path.resolve('node_modules'), path.join(folder, 'node_modules'));
  const socketPath = path.join(folder, 'socket');
  const receiver = spawn(process.execPath, [path.join(folder, 'receiver.mjs')], {
    env: { ...process.env, PORT: socketPath, BACKSTITCH_SECRET: SECRET },
  });
  const deliver = (sent: Record<string, string>, body: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      const post = request({ socketPath, path: '/', method: 'POST', headers: sent }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      post.on('error', reject);
      post.end(body);
    });
  try {
    await eventually(() => deliver({}, ''));
    const answers = await Promise.all(CASES.map(([, sent, body]) => deliver(sent, body)));
    expect(answers).toEqual(CASES.map(([is]) => (is ? 204 : 401)));
  } finally {
    receiver.kill();
    await rm(folder, { recursive: true, force: true });
  }
});

test.skipIf(spawnSync('python3', ['--version']).status !== 0)('[EVC1] with Python', () => {
  const answers = CASES.map(([, sent, body]) => {
    const call = `import json, sys\nasked = json.load(sys.stdin)\nprint(verify(asked["secret"], asked["headers"], asked["body"].encode()))`;
    const input = JSON.stringify({ secret: SECRET, headers: sent, body });
    const { stdout, stderr } = spawnSync('python3', ['-c', `${VERIFY_PYTHON}\n${call}`], { input, encoding: 'utf8' });
    return stdout.trim() || stderr;
  });
  expect(answers).toEqual(CASES.map(([is]) => (is ? 'True' : 'False')));
});

test('the event that is shown is JSON, and the stream is named', () => {
  expect(JSON.parse(SAMPLE)).toMatchObject({ specversion: '1.0', type: 'backstitch.run.closed' });
  expect(readStream('orders')).toContain('STREAMS orders');
});
