/** The timeouts of an activity, completed as the Temporal server does (service/history/api/command_attr_validator.go). */
import { durationMs } from '../proto-time';
import type { RunState } from './api';

export interface ActivityTimeouts {
  scheduleToCloseTimeoutMs: number;
  scheduleToStartTimeoutMs: number;
  startToCloseTimeoutMs: number;
  heartbeatTimeoutMs: number;
}

/** 0 is none. */
export function completeTimeouts({ started }: RunState, given: ActivityTimeouts): ActivityTimeouts {
  const runTimeoutMs = durationMs(started.workflowRunTimeout);
  let { scheduleToCloseTimeoutMs, scheduleToStartTimeoutMs, startToCloseTimeoutMs, heartbeatTimeoutMs } = given;
  if (scheduleToCloseTimeoutMs > 0) {
    scheduleToStartTimeoutMs = shorter(scheduleToStartTimeoutMs, scheduleToCloseTimeoutMs);
    startToCloseTimeoutMs = shorter(startToCloseTimeoutMs, scheduleToCloseTimeoutMs);
  } else {
    scheduleToCloseTimeoutMs = runTimeoutMs;
    if (scheduleToStartTimeoutMs === 0) scheduleToStartTimeoutMs = runTimeoutMs;
  }
  if (runTimeoutMs > 0) {
    scheduleToCloseTimeoutMs = Math.min(scheduleToCloseTimeoutMs, runTimeoutMs);
    scheduleToStartTimeoutMs = Math.min(scheduleToStartTimeoutMs, runTimeoutMs);
    startToCloseTimeoutMs = Math.min(startToCloseTimeoutMs, runTimeoutMs);
  }
  if (heartbeatTimeoutMs > 0) heartbeatTimeoutMs = Math.min(heartbeatTimeoutMs, startToCloseTimeoutMs);
  return { scheduleToCloseTimeoutMs, scheduleToStartTimeoutMs, startToCloseTimeoutMs, heartbeatTimeoutMs };
}

const shorter = (timeoutMs: number, limitMs: number): number =>
  timeoutMs > 0 ? Math.min(timeoutMs, limitMs) : limitMs;
