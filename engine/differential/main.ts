/**
 * Records what a real Temporal server answers, three times, each on a server of its own. What does not agree with
 * itself is not kept. Run: npm run record:differential
 */
import { agreed, writeRecording } from './recording';
import { SCENARIOS } from './scenarios/index';
import { buildBinary, findBinary, startServer } from './server';
import { playAll, prepare, type Answers } from './session';
import { Wire } from './wire';

const ROUNDS = 3;

const binary = findBinary() ?? buildBinary();
const rounds: Answers[] = [];
for (let round = 1; round <= ROUNDS; round++) {
  const server = await startServer(binary);
  const wire = new Wire(server.address);
  try {
    await prepare(wire);
    rounds.push(await playAll(wire, SCENARIOS));
    console.log(`round ${round}: ${SCENARIOS.length} scenarios`);
  } finally {
    wire.close();
    await server.stop();
  }
}
const kept = Object.fromEntries(
  SCENARIOS.map(({ name, steps }) => [
    name,
    steps.map(({ method }, index) => {
      const answer = agreed(rounds.map((round) => round[name]![index]!));
      if (answer === 'unsteady') console.log(`not kept: ${name}, step ${index + 1} (${method})`);
      return answer;
    }),
  ])
);
writeRecording('scenarios', kept);
