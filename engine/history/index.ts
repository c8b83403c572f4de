/** engine/history: a run's mutable state and the pure decisions over it. See api.ts for the contract. */
import type { HistoryApi } from './api';

export * from './api';

const pending = (name: string) => (): never => {
  throw new Error(`engine/history: ${name} is being built`);
};

export const startRun: HistoryApi['startRun'] = pending('startRun');
export const rebuildRun: HistoryApi['rebuildRun'] = pending('rebuildRun');
export const encodeSide: HistoryApi['encodeSide'] = pending('encodeSide');
export const recoverRun: HistoryApi['recoverRun'] = pending('recoverRun');
export const nextDeadline: HistoryApi['nextDeadline'] = pending('nextDeadline');
export const advance: HistoryApi['advance'] = pending('advance');
export const openWorkflowTask: HistoryApi['openWorkflowTask'] = pending('openWorkflowTask');
export const completeWorkflowTask: HistoryApi['completeWorkflowTask'] = pending('completeWorkflowTask');
export const failWorkflowTask: HistoryApi['failWorkflowTask'] = pending('failWorkflowTask');
export const signal: HistoryApi['signal'] = pending('signal');
export const requestCancel: HistoryApi['requestCancel'] = pending('requestCancel');
export const terminate: HistoryApi['terminate'] = pending('terminate');
export const admitUpdate: HistoryApi['admitUpdate'] = pending('admitUpdate');
export const completeActivity: HistoryApi['completeActivity'] = pending('completeActivity');
export const failActivity: HistoryApi['failActivity'] = pending('failActivity');
export const cancelActivity: HistoryApi['cancelActivity'] = pending('cancelActivity');
export const heartbeatActivity: HistoryApi['heartbeatActivity'] = pending('heartbeatActivity');
