import type { End } from './end';

const DONE = ['book-hold', 'hold-amount', 'pay-in', 'send-advice'];

export const MONEY_TRANSFER_ENDS: readonly End[] = [
  { scenario: 'goes-well', ends: 'completed', remains: DONE },
  { scenario: 'wrong-name', ends: 'failed', failure: 'WrongPayee', remains: [] },
  { scenario: 'not-enough-money', ends: 'failed', failure: 'NotApplied', remains: [] },
  { scenario: 'account-closed', ends: 'failed', failure: 'NotApplied', remains: [] },
  { scenario: 'answer-lost', ends: 'completed', remains: DONE },
  { scenario: 'paid-late', ends: 'completed', remains: DONE },
  { scenario: 'bank-down', ends: 'failed', failure: 'HttpStatus', remains: [] },
  { scenario: 'release-fails', ends: 'asks', remains: ['hold-amount'] },
  { scenario: 'advice-slow', ends: 'completed', remains: DONE },
  { scenario: 'large-transfer', title: 'approved', people: ['approve'], ends: 'completed', remains: DONE },
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
