/**
 * The searchable fields of a flow: search attributes with values of the run's data, written at the start of the run
 * and when a value has changed. The namespace must have them registered with their types: a cluster refuses a workflow
 * task that writes others.
 *
 * Rules
 * [SRS1] A field is written if its value differs from what was written before; a field without a value is unset.
 * [SRS2] A field never fails a run. An expression that throws, and a value that is not of the type, give no value: a
 *        server refuses a task with such a value again and again.
 * [SRS3] Texts are cut to what every server stores: a keyword to 255 characters, a text to 600, and a list to what fits
 *        into both. Control characters become spaces.
 */
import { upsertSearchAttributes } from '@temporalio/workflow';
import { instantMs } from './instant';

/** The values of an expression, by the type of its field. A date without an offset is one of UTC. */
interface Values {
  Keyword: string;
  Text: string;
  Int: number;
  Double: number;
  Bool: boolean;
  Datetime: string;
  KeywordList: readonly string[];
}
type FieldSpec<Type extends keyof Values, Outputs extends object> = {
  type: Type;
  value(outputs: Partial<Outputs>): Values[Type] | null | undefined;
};
/** By the name of the search attribute. */
export type SearchableSpec<Outputs extends object = object> = Readonly<
  Record<string, { [Type in keyof Values]: FieldSpec<Type, Outputs> }[keyof Values]>
>;

/** As the workflow library takes them: no value unsets the attribute. */
type Written = string[] | number[] | boolean[] | Date[];

const LONGEST_KEYWORD = 255;
/** A server takes 2 KiB of JSON for one attribute; a character has at most 3 bytes. */
const LONGEST = 600;

export class SearchableFields {
  /** JSON of what was written last, by name. */
  readonly #written: Map<string, string>;

  /** `written`: by the run before this one in the chain, whose search attributes this one has. */
  constructor(
    private readonly fields: SearchableSpec,
    private readonly outputs: Record<string, unknown>,
    written: Readonly<Record<string, string>> = {}
  ) {
    this.#written = new Map(Object.entries(written));
  }

  /** For the next run of the chain. */
  carry(): Record<string, string> {
    return Object.fromEntries(this.#written);
  }

  /** [SRS1] Call it whenever a value may have changed. */
  tell(): void {
    const changed: Record<string, Written> = {};
    for (const [name, field] of Object.entries(this.fields)) {
      const value = this.#valueOf(field);
      const text = JSON.stringify(value);
      if (text === (this.#written.get(name) ?? '[]')) continue;
      this.#written.set(name, text);
      changed[name] = value;
    }
    if (Object.keys(changed).length > 0) upsertSearchAttributes(changed);
  }

  /** [SRS2] */
  #valueOf({ type, value }: SearchableSpec[string]): Written {
    try {
      return fitting(type, value(this.outputs));
    } catch {
      return [];
    }
  }
}

/** [SRS2] [SRS3] What is written for a value of an expression. */
export const fitting = (type: keyof Values, value: unknown): Written => FITTING[type](value);

const FITTING: Record<keyof Values, (value: unknown) => Written> = {
  Keyword: (value) => (typeof value === 'string' ? [storable(value, LONGEST_KEYWORD)] : []),
  Text: (value) => (typeof value === 'string' ? [storable(value, LONGEST)] : []),
  Int: (value) => (typeof value === 'number' && Number.isSafeInteger(value) ? [value] : []),
  Double: (value) => (typeof value === 'number' && Number.isFinite(value) ? [value] : []),
  Bool: (value) => (typeof value === 'boolean' ? [value] : []),
  Datetime: (value) => {
    const ms = instantMs(value, 'UTC');
    return ms === null ? [] : [new Date(ms)];
  },
  KeywordList: (value) => {
    const texts = Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [];
    const list: string[] = [];
    let left = LONGEST;
    for (const text of new Set(texts.map((each) => storable(each, LONGEST_KEYWORD)))) {
      // The quotes and the comma of JSON.
      left -= text.length + 1;
      if (left < 0) break;
      list.push(text);
    }
    return list;
  },
};

/** The second pass removes half a character that the cut has left. */
const storable = (text: string, longest: number): string => plain(plain(text).slice(0, longest));
const plain = (text: string): string => text.replace(/[\p{Cc}\p{Cs}]/gu, ' ');
