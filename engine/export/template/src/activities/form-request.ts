/** `http.request` in a flow that sends forms. */
import { asForm } from './as-form';
import type { ActivityCall } from './call';
import type { BodyEncoding } from './form-fields';
import { requested, type HttpRequestInput } from './http-request';
import { asJson } from './service';

export const formRequest = (
  { encoding, ...input }: HttpRequestInput & { encoding?: BodyEncoding },
  call: ActivityCall
) => requested(input, call, (body) => (encoding ? asForm(body, encoding, 'data') : asJson(body)));
