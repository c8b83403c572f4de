/** What is particular to a kind in Settings: the fields of a connection, and those of a call. */
import type { ComponentType } from 'react';
import type { ConnectionList, Operation } from '@/app/_contract/connections';
import type { CallOf, Kind, SettingsOf } from '@/engine/flow/connections/kinds/table';
import type { JsonSchema } from '@/engine/flow/document';

export interface SettingsProps<K extends Kind> {
  /** The name of the connection. */
  connection: string;
  environment: ConnectionList['environment'];
  settings: SettingsOf<K>;
  /** What is typed as the new value of the secret. */
  value: string;
  errorAt: (at: string) => string | null;
  onChange: (settings: SettingsOf<K>) => void;
  onValue: (value: string) => void;
}

export interface CallProps<Model> {
  model: Model;
  effect: Operation['effect'];
  /** `field`: of the problems of `write`; `at`: of what the server reports. */
  errorAt: (field: string, at: string) => string | null;
  /** `effect`: what follows from the change for the effect of the operation. */
  onChange: (change: Partial<Model>, effect?: Operation['effect']) => void;
}

/** By field of the model. */
export type CallProblems = Record<string, string>;

export interface KindForm<K extends Kind, Model = unknown> {
  label: string;
  /** In the list of kinds, under the label. */
  description: string;
  newSettings: SettingsOf<K>;
  /** With the names of secrets that follow from the name of the connection. */
  named?(settings: SettingsOf<K>, connection: string): SettingsOf<K>;
  /** The name of the secret whose value can be typed; '' for none. */
  secretOf(settings: SettingsOf<K>): string;
  Settings: ComponentType<SettingsProps<K>>;
  /** What is seldom changed. */
  More?: ComponentType<SettingsProps<K>>;
  /** Requests may be allowed to reach further origins. */
  hasOrigins?: true;
  /** Where there is no operation yet. */
  firstOperation: string;
  newEffect: Operation['effect'];
  newInput?: JsonSchema;
  newOutput?: JsonSchema;
  newOptions?: Operation['options'];
  /** Null: a new call. */
  read(call: CallOf<K> | null): Model;
  write(model: Model): { call: CallOf<K> } | { problems: CallProblems };
  Call: ComponentType<CallProps<Model>>;
  /** The words for what an answer is; absent: the output follows from the kind. */
  Answer?: ComponentType<CallProps<Model>>;
  /** 'JSON Schema of the body'; null: none is declared. */
  output: string | null;
  /** Fields of the input that the call cannot do without. */
  needs?(call: CallOf<K>): string[];
}
