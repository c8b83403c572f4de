/** Grant a leave, version 1. */
import { saga, type ValueSchema } from '@backstitch/saga';

export interface LeaveRequestInput {
  days: number;
  employee: string;
  manager?: string;
}

export async function leaveRequest_v1(input: LeaveRequestInput): Promise<void> {
  return saga(
    { flow: 'leave-request', onUndoFailure: 'ask', input: { value: input, schema: INPUT_SCHEMA } },
    async (s) => {
      await s.approval({
        id: 'manager-check',
        title: 'Ask the manager',
        question: 'Shall the leave be granted?',
        candidatesFrom: input.manager,
        data: { days: input.days },
        requireComment: 'onReject',
        notBy: input.employee,
        onTimeout: 'fail',
        onReject: 'fail',
      });

      await s.approval({
        id: 'staff-check',
        title: 'Ask the staff office',
        question: 'Is anything against it?',
        candidates: ['managers'],
        candidatesFrom: ['staff', input.manager],
        data: {},
        requireComment: 'onReject',
        notWhoDecided: ['manager-check'],
        onTimeout: 'fail',
        onReject: 'fail',
      });
    },
  );
}

/** Schemas of all data that is sent to the run. The run itself checks them. */
const INPUT_SCHEMA: ValueSchema = {
  type: 'object',
  properties: {
    days: { type: 'integer' },
    employee: { type: 'string' },
    manager: { type: 'string' },
  },
  required: ['days', 'employee'],
};
