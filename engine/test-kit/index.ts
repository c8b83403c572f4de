/** What tests of flows import: `import { openFlow } from 'backstitch/test-kit'`. See README.md. */
export { fails, noAnswer, TestProblem, type CallInfo, type Mock, type Mocks } from './mocks';
export type { TestCall } from './mocked-run';
export {
  openFlow,
  type DeclaredOperation,
  type OpenFlowOptions,
  type OwnOperation,
  type StartOptions,
  type TestFlow,
} from './open-flow';
export type { Decider, TestEffect, TestEnd, TestRun, TestWait } from './test-run';
