/** The process that plays trials (trial/trials.ts): it takes one request at a time, and sends parts until the end. */
import { catalogue } from '../activities/catalogue';
import { TypeChecker } from '../compiler/type-check';
import { createToolchain } from '../versions/toolchain';
import { LARGEST_PART, type TrialPart, type TrialRequest } from '../trial/parts';
import type { FromProcess } from '../trial/trials';
import { TrialPlayer } from './trial-player';

const types = new TypeChecker();
const player = new TrialPlayer(
  createToolchain(catalogue, ({ files, manifest }) => Promise.resolve(types.check(files, manifest?.nodes ?? {})))
);
const tell = (message: FromProcess) => process.send?.(message);

process.on('message', (request: TrialRequest) => {
  let isOver = false;
  const send = (part: TrialPart): void => {
    if (isOver) return;
    isOver = part.kind === 'end';
    const text = JSON.stringify(part);
    if (text.length <= LARGEST_PART) tell({ kind: part.kind, json: text });
    else send({ kind: 'end', end: 'tooMuchMemory', message: 'The history of this trial is too large to be shown.' });
  };
  player.play(request, send).catch((error: Error) => tell({ bug: error.stack ?? error.message }));
});
process.once('disconnect', () => process.exit(0));
tell({ ready: true });
