/**
 * How each scenario of each template ends. The unit tests (engine/examples) and the journeys in a browser (e2e) compare
 * with this one table.
 */
import type { End } from './end';

const TRANSFERRED = ['book-hold', 'hold-amount', 'pay-in', 'send-advice'];

const MONEY_TRANSFER_ENDS: readonly End[] = [
  { scenario: 'goes-well', ends: 'completed', remains: TRANSFERRED },
  { scenario: 'wrong-name', ends: 'failed', failure: 'WrongPayee', remains: [] },
  { scenario: 'not-enough-money', ends: 'failed', failure: 'NotApplied', remains: [] },
  { scenario: 'account-closed', ends: 'failed', failure: 'NotApplied', remains: [] },
  { scenario: 'answer-lost', ends: 'completed', remains: TRANSFERRED },
  { scenario: 'paid-late', ends: 'completed', remains: TRANSFERRED },
  { scenario: 'bank-down', ends: 'failed', failure: 'HttpStatus', remains: [] },
  { scenario: 'release-fails', ends: 'asks', remains: ['hold-amount'] },
  { scenario: 'advice-slow', ends: 'completed', remains: TRANSFERRED },
  { scenario: 'large-transfer', title: 'approved', people: ['approve'], ends: 'completed', remains: TRANSFERRED },
  {
    scenario: 'large-transfer',
    title: 'rejected',
    people: ['reject'],
    ends: 'failed',
    failure: 'Rejected',
    remains: [],
  },
  {
    scenario: 'large-transfer',
    title: 'nobody answers',
    ends: 'failed',
    failure: 'Rejected',
    remains: [],
    isLong: true,
  },
];

const PROVISIONED = ['create-cluster', 'create-database', 'create-network', 'deploy', 'hand-over', 'set-name'];

const ENVIRONMENT_ENDS: readonly End[] = [
  { scenario: 'goes-well', ends: 'completed', remains: PROVISIONED },
  { scenario: 'slow-start', ends: 'completed', remains: PROVISIONED },
  { scenario: 'quota-reached', ends: 'failed', failure: 'NotApplied', remains: [] },
  { scenario: 'answer-lost', ends: 'completed', remains: PROVISIONED },
  { scenario: 'cluster-slow', ends: 'completed', remains: PROVISIONED },
  { scenario: 'never-healthy', ends: 'failed', failure: 'NeverHealthy', remains: [] },
  { scenario: 'delete-fails', ends: 'asks', remains: ['create-database', 'create-network'] },
];

const TRIP = ['book-flight', 'book-hotel', 'charge-card', 'issue-tickets', 'send-itinerary'];
/** Either rental may answer first. */
const ANY_CAR = 'city-car|road-car';

const TRAVEL_ENDS: readonly End[] = [
  { scenario: 'goes-well', ends: 'completed', remains: [...TRIP, ANY_CAR] },
  { scenario: 'flight-sold-out', ends: 'failed', failure: 'NotApplied', remains: [] },
  { scenario: 'hotel-answer-lost', ends: 'completed', remains: [...TRIP, ANY_CAR] },
  { scenario: 'one-car-left', ends: 'completed', remains: [...TRIP, 'road-car'] },
  { scenario: 'no-car', ends: 'completed', remains: TRIP },
  { scenario: 'card-declined', ends: 'failed', failure: 'NotApplied', remains: [] },
  { scenario: 'cancel-fails', ends: 'asks', remains: ['book-flight', 'book-hotel?', 'city-car?', 'road-car?'] },
  { scenario: 'tickets-late', ends: 'completed', remains: [...TRIP, ANY_CAR] },
];

const loaded = (...items: number[]) => items.map((item) => `load-file~${item}`);
const PUBLISHED = ['create-staging', 'publish-table', 'send-report'];

const PIPELINE_ENDS: readonly End[] = [
  { scenario: 'goes-well', ends: 'completed', remains: [...PUBLISHED, ...loaded(1, 2, 3, 4, 5, 6)] },
  { scenario: 'one-damaged', ends: 'completed', remains: [...PUBLISHED, ...loaded(1, 3, 4, 5, 6)] },
  { scenario: 'most-damaged', ends: 'failed', failure: 'TooManyDamaged', remains: [] },
  { scenario: 'answers-lost', ends: 'completed', remains: [...PUBLISHED, ...loaded(1, 2, 3, 4, 5, 6)] },
  { scenario: 'warehouse-down', ends: 'failed', failure: 'HttpStatus', remains: [] },
  { scenario: 'published-late', ends: 'completed', remains: [...PUBLISHED, ...loaded(1, 2, 3, 4, 5, 6)] },
  {
    scenario: 'removing-fails',
    ends: 'asks',
    remains: ['create-staging', 'load-file~3', ...loaded(1, 2, 4, 5, 6).map((id) => `${id}?`)],
  },
];

const PAID = ['register-claim', 'reimburse', 'tell-employee'];
const CLOSED = ['close-claim', 'register-claim'];

const EXPENSE_ENDS: readonly End[] = [
  { scenario: 'goes-well', ends: 'completed', remains: PAID },
  { scenario: 'manager', title: 'approved', people: ['approve'], ends: 'completed', remains: PAID },
  { scenario: 'manager', title: 'rejected', people: ['reject'], ends: 'completed', remains: CLOSED },
  { scenario: 'manager', title: 'in part', people: ['payLess'], ends: 'completed', remains: PAID },
  {
    scenario: 'escalated',
    title: 'the head approves',
    people: ['nobody', 'approve'],
    ends: 'completed',
    remains: PAID,
  },
  {
    scenario: 'escalated',
    title: 'the head rejects',
    people: ['nobody', 'reject'],
    ends: 'completed',
    remains: CLOSED,
  },
  { scenario: 'escalated', title: 'nobody answers', ends: 'completed', remains: CLOSED, isLong: true },
  {
    scenario: 'two-people',
    title: 'approved',
    people: ['approve', 'approve'],
    ends: 'completed',
    remains: PAID,
    isLong: true,
  },
  {
    scenario: 'two-people',
    title: 'rejected',
    people: ['approve', 'reject'],
    ends: 'completed',
    remains: CLOSED,
    isLong: true,
  },
  { scenario: 'receipt-missing', ends: 'failed', failure: 'ReceiptMissing', remains: [] },
  { scenario: 'answer-lost', ends: 'completed', remains: PAID },
  { scenario: 'paid-late', ends: 'completed', remains: PAID },
  { scenario: 'bank-refuses', ends: 'failed', failure: 'NotApplied', remains: [] },
  { scenario: 'withdrawing-fails', ends: 'asks', remains: ['register-claim'] },
];

const HIRED = ['create-account', 'offer-contract', 'order-laptop', 'record-contract', 'send-welcome'];
const REMINDED = ['remind~1', 'remind~2', 'remind~3', 'remind~4'];
const signed = (after: string) => [
  { after, name: 'contractSigned', payload: { signatureId: 's-1', signedBy: 'Grace Murray' } },
];

const ONBOARDING_ENDS: readonly End[] = [
  { scenario: 'goes-well', signals: signed('offer-contract'), ends: 'completed', remains: HIRED },
  {
    scenario: 'impatient',
    title: 'signed after a reminder',
    signals: signed('remind~1'),
    ends: 'completed',
    remains: [...HIRED, 'remind~1?'],
  },
  {
    scenario: 'impatient',
    title: 'signed on paper',
    people: ['approve'],
    ends: 'completed',
    remains: [...HIRED, ...REMINDED],
  },
  {
    scenario: 'impatient',
    title: 'never signed',
    people: ['reject'],
    ends: 'failed',
    failure: 'Rejected',
    remains: [],
  },
  { scenario: 'impatient', title: 'nobody answers', ends: 'failed', failure: 'Rejected', remains: [], isLong: true },
  { scenario: 'no-laptop', ends: 'failed', failure: 'NotApplied', remains: [] },
  { scenario: 'answer-lost', signals: signed('offer-contract'), ends: 'completed', remains: HIRED },
  { scenario: 'cancelling-fails', people: ['reject'], ends: 'asks', remains: ['create-account', 'order-laptop'] },
];

const AGENT_ENDS: readonly End[] = [
  { scenario: 'answers-itself', ends: 'completed', remains: ['send-answer'] },
  {
    scenario: 'wants-refund',
    title: 'allowed',
    people: ['approve'],
    ends: 'completed',
    remains: ['refund-order~2', 'send-answer'],
  },
  { scenario: 'wants-refund', title: 'refused', people: ['reject'], ends: 'completed', remains: ['send-answer'] },
  { scenario: 'wants-refund', title: 'nobody answers', ends: 'completed', remains: ['send-answer'], isLong: true },
  {
    scenario: 'refund-answer-lost',
    people: ['approve'],
    ends: 'completed',
    remains: ['refund-order~2', 'send-answer'],
  },
  { scenario: 'makes-it-up', ends: 'failed', failure: 'AnswerInvalid', remains: [] },
  { scenario: 'model-down', ends: 'failed', failure: 'HttpStatus', remains: [] },
  { scenario: 'never-ready', ends: 'failed', failure: 'TooManyRounds', remains: [] },
  { scenario: 'mail-down', people: ['approve'], ends: 'failed', failure: 'ToolFailed', remains: [] },
  { scenario: 'taking-back-fails', people: ['approve'], ends: 'asks', remains: ['refund-order~2'] },
];

/** By the name of the template. The order example has journeys of its own. */
export const ENDS: Readonly<Record<string, readonly End[]>> = {
  'money-transfer': MONEY_TRANSFER_ENDS,
  'travel-booking': TRAVEL_ENDS,
  'expense-approval': EXPENSE_ENDS,
  onboarding: ONBOARDING_ENDS,
  'data-pipeline': PIPELINE_ENDS,
  'environment-provisioning': ENVIRONMENT_ENDS,
  'support-agent': AGENT_ENDS,
};
