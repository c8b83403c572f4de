'use client';

/** HTTP services in Settings. */
import type { HttpSettings } from '@/engine/flow/connections/http';
import { fieldsIn } from '@/engine/flow/connections/mapping';
import { HttpAnswer, HttpCallFields } from './http-call';
import { readHttp, writeHttp, type HttpModel } from './http-model';
import { HttpMore, HttpSettingsFields } from './http-settings';
import type { KindForm } from './kind-form';

const NEW_SETTINGS: HttpSettings = { address: '', headers: {}, auth: { kind: 'none' }, testPath: '/' };
export const http: KindForm<'http', HttpModel> = {
  label: 'HTTP service',
  description: 'An API with JSON or forms.',
  newSettings: NEW_SETTINGS,
  secretOf: ({ auth }) => (auth.kind === 'none' ? '' : auth.secret),
  Settings: HttpSettingsFields,
  More: HttpMore,
  hasOrigins: true,
  firstOperation: 'Describe one by hand, or import the OpenAPI document of the service.',
  newEffect: 'reversible',
  read: readHttp,
  write: writeHttp,
  Call: HttpCallFields,
  Answer: HttpAnswer,
  output: 'Schema of the body',
  needs: ({ path }) => fieldsIn(path),
};
