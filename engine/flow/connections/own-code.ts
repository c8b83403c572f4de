/**
 * What was read from the operator's folder of TypeScript activities: its functions, with the schemas of their types,
 * and what is wrong in it. Pure; the engine, the web and the browser share these shapes.
 *
 * Rules
 * [OF1] A function without `@effect` has an effect that cannot be undone, or one that can if it names an `@undo`: what
 *       is not said is never taken for harmless.
 * [OF2] An undo and a look-up are functions of the same folder. Without an input of their own they get the fields that
 *       they require, from the output of the step where it has such a field, else from its input.
 */
import type { JsonSchema } from '../json-schema';
import type { Template } from '../template';
import type { Operation } from './operation';

/** The connection of the folder. */
export const OWN_CODE = 'code';
/** In the place of a person. */
export const BY_FOLDER = 'the folder of activities';

/** Something that a person has to mend. */
export interface FileProblem {
  /** Relative to the folder; '' if it is about the folder itself. */
  file: string;
  /** From 1; null if it is about the whole file. */
  line: number | null;
  message: string;
}

/** What the doc comment of a function says. */
export interface FunctionTags {
  title: string;
  description: string;
  effect: Operation['effect'];
  undo?: Related & { armed: 'completed' | 'attempted' };
  lookup?: Related;
  keyField?: string;
  forwardKeyField?: string;
  lateCalls?: 'refused' | 'possible';
  settlesWithin?: string;
  options: Operation['options'];
}
export interface Related {
  function: string;
  /** Undefined: see [OF2]. */
  input?: Template;
}

export interface OwnFunction extends FunctionTags {
  name: string;
  file: string;
  line: number;
  /** Without the fields that receive keys. */
  input: JsonSchema;
  output: JsonSchema;
}

export interface FolderState {
  folder: string;
  /** Null: it was not read yet. */
  readAtMs: number | null;
  /** Names of the functions that can be called now. */
  functions: string[];
  problems: FileProblem[];
}

/**
 * Sources for a project that runs elsewhere, by function. A source that imports other files or packages of the folder
 * is not among them.
 */
export type OwnSources = Readonly<Record<string, { file: string; text: string }>>;

/** The operation of a function. `all`: the functions of the folder by name. */
export function operationOfFunction(own: OwnFunction, all: ReadonlyMap<string, OwnFunction>): Operation {
  const { name, title, description, effect, undo, lookup, keyField, forwardKeyField } = own;
  const related = ({ function: target, input }: Related) => ({
    operation: target,
    input: input ?? guessedInput(all.get(target), own),
  });
  return {
    connection: OWN_CODE,
    name,
    title,
    description,
    call: {
      kind: 'code',
      function: name,
      ...(keyField === undefined ? {} : { keyField }),
      ...(forwardKeyField === undefined ? {} : { forwardKeyField }),
    },
    input: own.input,
    output: own.output,
    effect,
    ...(undo ? { undo: { ...related(undo), armed: undo.armed } } : {}),
    ...(lookup ? { lookup: related(lookup) } : {}),
    ...(own.lateCalls ? { lateCalls: own.lateCalls } : {}),
    ...(own.settlesWithin === undefined ? {} : { settlesWithin: own.settlesWithin }),
    options: own.options,
  };
}

/** [OF2] */
function guessedInput(target: OwnFunction | undefined, { output }: OwnFunction): Template {
  const fields = (target?.input.required ?? []).map((field) => {
    const isOutput = Object.hasOwn(output.properties ?? {}, field);
    return [field, { $expr: `${isOutput ? 'output' : 'input'}.${field}` }] as const;
  });
  return Object.fromEntries(fields);
}
