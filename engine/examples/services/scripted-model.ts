/**
 * Scripts that play language models behind the API of OpenAI, each below its name:
 *
 *   POST /services/chat/completions   { model, messages }
 *   GET  /services/models
 *
 * No model is asked: the name of each says so, in the request and in the answer.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { BadRequest, readJson, send, unavailable } from '../books/http';

export interface ScriptedModel {
  /** 'scripted-agent' */
  name: string;
  /** `prompt`: the last message. Null: the model does not answer. */
  answer(prompt: string): object | null;
}

const requestSchema = z.object({
  model: z.string(),
  messages: z.array(z.object({ role: z.string(), content: z.string() })).min(1),
});

/** False if the request is not for a model. `path`: the parts after SERVICES_PATH. */
export async function answerAsModel(
  models: readonly ScriptedModel[],
  path: readonly string[],
  request: IncomingMessage,
  response: ServerResponse
): Promise<boolean> {
  const route = `${request.method} /${path.join('/')}`;
  if (route === 'GET /models') {
    send(response, 200, { object: 'list', data: models.map(({ name: id }) => ({ id, object: 'model' })) });
    return true;
  }
  if (route !== 'POST /chat/completions') return false;
  const asked = requestSchema.safeParse(await readJson(request));
  if (!asked.success) throw new BadRequest(400, 'InvalidRequest', z.prettifyError(asked.error));
  const { model, messages } = asked.data;
  const script = models.find(({ name }) => name === model);
  if (!script) throw new BadRequest(404, 'NotFound', `There is no scripted model '${model}'.`);
  const answer = script.answer(messages.at(-1)!.content);
  if (answer === null) {
    unavailable(response, 'The model does not answer.');
    return true;
  }
  const message = { role: 'assistant', content: JSON.stringify(answer) };
  const choices = [{ index: 0, finish_reason: 'stop', message }];
  send(response, 200, { id: 'scripted', object: 'chat.completion', model, choices });
  return true;
}
