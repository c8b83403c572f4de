/**
 * All example services in one server, each below its name:
 *
 *   POST /services/<service>/<path>            do it, with Idempotency-Key; or ask, where it is a question
 *   POST /services/<service>/<path>/undo       undo it, with Idempotency-Key and Idempotency-Forward-Key
 *   POST /services/<service>/<path>/settle     did it happen? 'no' is final; with Idempotency-Forward-Key
 *   GET  /services/<service>/ledger?reference= its books
 *   GET  /services/<service>/health
 *
 *   POST /services                             an MCP server (tools.ts)
 *
 * Beside them are scripted models (scripted-model.ts).
 */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { misfitsOf } from '../../flow/schema/check';
import type { JsonSchema } from '../../flow/json-schema';
import { forwardKeyOf, LATE_MS, type EffectCalls } from '../books/calls';
import type { Booked, BookedEffect, EffectTable } from '../books/effect';
import { BadRequest, readJson, send, unavailable } from '../books/http';
import { readBooks } from './books';
import { answerAsTools } from './tools';
import { answerAsModel, type ScriptedModel } from './scripted-model';
import {
  faultOf,
  inputOf,
  kindOf,
  REFERENCE,
  REFERENCE_INPUT,
  type Service,
  type ServiceEffect,
  type ServiceQuestion,
} from './service';

export const SERVICES_PATH = 'services';

export function effectTableOf(services: readonly Service[]): EffectTable {
  return Object.fromEntries(
    services.flatMap((service) =>
      service.effects.map((effect): [string, BookedEffect] => [
        kindOf(service, effect),
        {
          subject: REFERENCE,
          apply: async (_tx, key, request) => ({
            kind: 'applied',
            answer: effect.answer(request, idOf(effect.prefix, key)),
          }),
          undo: async () => {},
        },
      ])
    )
  );
}

export class ServiceHost {
  readonly #effects: EffectTable;

  constructor(
    private readonly services: readonly Service[],
    private readonly models: readonly ScriptedModel[],
    private readonly calls: EffectCalls,
    private readonly lateMs = LATE_MS
  ) {
    this.#effects = effectTableOf(services);
  }

  /** `path`: the parts of the path after SERVICES_PATH. */
  async answer(path: readonly string[], request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [name, place = '', action, ...rest] = path;
    if (name === undefined && request.method === 'POST') {
      const own = `http://127.0.0.1:${request.socket.localPort}/${SERVICES_PATH}`;
      const tools = this.services.filter((each) => each.tools);
      return answerAsTools(tools, own, request, response);
    }
    const service = this.services.find((each) => each.name === name);
    if (service && rest.length === 0) {
      if (request.method === 'GET' && place === 'health' && !action) return send(response, 200, { ok: true });
      if (request.method === 'GET' && place === 'ledger' && !action)
        return send(response, 200, await readBooks(this.calls.pool, service, referenceIn(request)));
      if (request.method === 'POST') {
        const effect = service.effects.find((each) => each.path === place);
        if (effect && action === undefined) return this.#do(service, effect, request, response);
        if (effect?.undo && action === 'undo') return this.#undo(service, effect, request, response);
        if (effect && action === 'settle') return this.#settle(service, effect, request, response);
        const question = service.questions.find((each) => each.path === place);
        if (question && action === undefined) return this.#ask(service, question, request, response);
      }
    }
    if (await answerAsModel(this.models, path, request, response)) return;
    throw new BadRequest(404, 'NotFound', `There is nothing at ${request.method} /${path.join('/')}.`);
  }

  async #do(service: Service, effect: ServiceEffect, request: IncomingMessage, response: ServerResponse) {
    const body = await bodyOf(request, inputOf(service, effect));
    await this.calls.do(this.#named(service, effect), request, response, body, (attempt) =>
      faultOf(service, { of: effect.name, call: 'do', attempt, request: body })
    );
  }

  async #undo(service: Service, effect: ServiceEffect, request: IncomingMessage, response: ServerResponse) {
    const { reference } = await bodyOf(request, REFERENCE_INPUT);
    const call = { subject: String(reference), forwardKey: forwardKeyOf(request, undefined) };
    await this.calls.undo(this.#named(service, effect), request, response, call, (attempt, stored) =>
      faultOf(service, { of: effect.name, call: 'undo', attempt, request: stored })
    );
  }

  async #settle(service: Service, effect: ServiceEffect, request: IncomingMessage, response: ServerResponse) {
    const { reference } = await bodyOf(request, REFERENCE_INPUT);
    const call = { subject: String(reference), forwardKey: forwardKeyOf(request, undefined) };
    await this.calls.settle(this.#named(service, effect), response, call);
  }

  async #ask(service: Service, question: ServiceQuestion, request: IncomingMessage, response: ServerResponse) {
    const body = await bodyOf(request, inputOf(service, question));
    const attempt = await this.calls.attempt(`ask ${kindOf(service, question)} ${String(body[REFERENCE])}`);
    const fault = faultOf(service, { of: question.name, call: 'do', attempt, request: body });
    if (fault.kind === 'down') return unavailable(response, fault.message);
    if (fault.kind === 'refuse')
      return send(response, fault.status, { error: fault.reason, reason: fault.reason, message: fault.message });
    if (fault.kind === 'late') await delay(this.lateMs);
    if (fault.kind === 'loseAnswer') return void request.socket.destroy();
    send(response, 200, question.answer(body, attempt));
  }

  #named(service: Service, effect: ServiceEffect) {
    const kind = kindOf(service, effect);
    return { kind, effect: this.#effects[kind]! };
  }
}

async function bodyOf(request: IncomingMessage, schema: JsonSchema): Promise<Booked> {
  const body = await readJson(request);
  const [misfit] = misfitsOf(body, schema);
  if (misfit) throw new BadRequest(400, 'InvalidRequest', `${misfit.at} ${misfit.message}.`);
  return body as Booked;
}

const referenceIn = ({ url = '/' }: IncomingMessage) => new URL(url, 'http://examples').searchParams.get(REFERENCE);

/** Ids that people see; the same key always gets the same id. */
const idOf = (prefix: string, key: string): string =>
  `${prefix}-${createHash('sha256').update(key).digest('hex').slice(0, 10).toUpperCase()}`;
