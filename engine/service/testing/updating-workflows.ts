/** Scripted workflows that take updates, for tests of who may send them and of the answers. */
import { temporal } from '../../proto';
import { jsonPayload, ScriptedWorkflows } from '../../sim/scripted-worker';
import type { WorkflowTask, WorkflowTaskResult } from '../../worker/port';

const { CommandType } = temporal.api.enums.v1;
const { Acceptance, Response } = temporal.api.update.v1;

/** Accepts every update, and completes those named 'both'. */
export class UpdatingWorkflows extends ScriptedWorkflows {
  override async runWorkflowTask(task: WorkflowTask): Promise<WorkflowTaskResult> {
    const result = await super.runWorkflowTask(task);
    if (result.kind === 'failed') return result;
    for (const { id, request } of task.updates) {
      const bodies = [{ type: 'Acceptance', value: Acceptance.encode({ acceptedRequest: request }).finish() }];
      const outcome = { success: { payloads: [jsonPayload('done')] } };
      const response = Response.encode({ meta: request.meta, outcome }).finish();
      if (request.input?.name === 'both') bodies.push({ type: 'Response', value: response });
      for (const { type, value } of bodies) {
        const body = { type_url: `type.googleapis.com/temporal.api.update.v1.${type}`, value };
        const messageId = `${id}/${type}`;
        result.messages.push({ id: messageId, protocolInstanceId: id, body });
        result.commands.push({
          commandType: CommandType.COMMAND_TYPE_PROTOCOL_MESSAGE,
          protocolMessageCommandAttributes: { messageId },
        });
      }
    }
    return result;
  }
}
