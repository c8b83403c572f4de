/**
 * List filters: Temporal's SQL-like language, read into the store's Filter. Every field and value is checked here, so that a store
 * sees only what it knows. Errors name the word that was not understood.
 */
import type { Filter, SearchAttributeValue } from '../store/port';
import { invalid } from '../service/errors';

export interface ListFilter {
  filter: Filter | null;
  groupBy: string | null;
}

const STATUSES = ['running', 'completed', 'failed', 'canceled', 'terminated', 'continuedasnew', 'timedout'];
type FieldType = 'text' | 'list' | 'number' | 'time' | 'bool' | 'status';
/** Those that have an order. */
const ORDERED = new Set<FieldType>(['text', 'number', 'time']);
const MAX_LENGTH = 10_000;
const MAX_DEPTH = 50;
const SYSTEM_FIELDS: Record<string, FieldType> = {
  WorkflowId: 'text',
  RunId: 'text',
  WorkflowType: 'text',
  TaskQueue: 'text',
  ExecutionStatus: 'status',
  StartTime: 'time',
  ExecutionTime: 'time',
  CloseTime: 'time',
  HistoryLength: 'number',
};
/** By IndexedValueType number. */
const ATTRIBUTE_TYPES: FieldType[] = ['text', 'text', 'text', 'number', 'number', 'bool', 'time', 'list'];

interface Token {
  kind: 'word' | 'string' | 'number' | 'symbol' | 'end';
  text: string;
}

export function parseListQuery(query: string, attributes: Readonly<Record<string, number>>): ListFilter {
  if (query.length > MAX_LENGTH) {
    throw invalid('query', `has ${query.length} characters, at most ${MAX_LENGTH} are allowed`);
  }
  const parser = new Parser(tokens(query), attributes);
  return parser.parse();
}

function tokens(query: string): Token[] {
  const pattern =
    /\s*(?:(`[^`]*`|[A-Za-z_][\w.]*)|('(?:[^']|'')*'|"(?:[^"]|"")*")|(-?\d+(?:\.\d+)?)|(<=|>=|!=|<>|[=<>(),]))/y;
  const rest = /\s*$/y;
  const found: Token[] = [];
  for (;;) {
    const at = (rest.lastIndex = pattern.lastIndex);
    if (rest.test(query)) return found;
    const match = pattern.exec(query);
    if (!match) throw invalid('query', `cannot be read at '${query.slice(at).trim().slice(0, 20)}'`);
    const [, word, string, number, symbol] = match;
    if (word !== undefined) found.push({ kind: 'word', text: word.replace(/`/g, '') });
    else if (string !== undefined) {
      const quote = string.charAt(0);
      found.push({ kind: 'string', text: string.slice(1, -1).replaceAll(quote + quote, quote) });
    } else if (number !== undefined) found.push({ kind: 'number', text: number });
    else found.push({ kind: 'symbol', text: symbol === '<>' ? '!=' : (symbol ?? '') });
  }
}

class Parser {
  #at = 0;
  #depth = 0;
  constructor(
    private readonly tokens: Token[],
    private readonly attributes: Readonly<Record<string, number>>
  ) {}

  parse(): ListFilter {
    const filter = this.#isEnd() || this.#peekWord('GROUP') ? null : this.#or();
    let groupBy: string | null = null;
    if (this.#word('GROUP')) {
      if (!this.#word('BY')) this.#unexpected('BY');
      groupBy = this.#field().name;
    }
    if (this.#peekWord('ORDER'))
      throw invalid('query', 'ORDER BY is not supported: lists are by start time, newest first');
    if (!this.#isEnd()) this.#unexpected('the end');
    return { filter, groupBy };
  }

  #or(): Filter {
    const of = [this.#and()];
    while (this.#word('OR')) of.push(this.#and());
    return of.length === 1 ? of[0]! : { op: 'or', of };
  }

  #and(): Filter {
    const of = [this.#not()];
    while (this.#word('AND')) of.push(this.#not());
    return of.length === 1 ? of[0]! : { op: 'and', of };
  }

  #not(): Filter {
    if (this.#word('NOT')) return { op: 'not', of: this.#deeper(() => this.#not()) };
    if (this.#symbol('(')) {
      const inner = this.#deeper(() => this.#or());
      if (!this.#symbol(')')) this.#unexpected(')');
      return inner;
    }
    return this.#comparison();
  }

  #deeper(parse: () => Filter): Filter {
    if (++this.#depth > MAX_DEPTH) throw invalid('query', `is nested more than ${MAX_DEPTH} deep`);
    const inner = parse();
    this.#depth--;
    return inner;
  }

  #comparison(): Filter {
    const { name: field, type } = this.#field();
    if (this.#word('IS')) {
      const op = this.#word('NOT') ? 'isNotNull' : 'isNull';
      if (!this.#word('NULL')) this.#unexpected('NULL');
      return { op, field };
    }
    const negated = this.#word('NOT');
    const wrap = (filter: Filter): Filter => (negated ? { op: 'not', of: filter } : filter);
    if (this.#word('IN')) {
      if (!this.#symbol('(')) this.#unexpected('(');
      const values = [this.#value(field, type)];
      while (this.#symbol(',')) values.push(this.#value(field, type));
      if (!this.#symbol(')')) this.#unexpected(')');
      return wrap({ op: 'in', field, values: values as (string | number)[] });
    }
    if (this.#word('BETWEEN')) {
      this.#needsOrder(field, type, 'BETWEEN');
      const low = this.#value(field, type);
      if (!this.#word('AND')) this.#unexpected('AND');
      const high = this.#value(field, type);
      return wrap({
        op: 'and',
        of: [
          { op: '>=', field, value: low },
          { op: '<=', field, value: high },
        ],
      });
    }
    if (this.#word('STARTS_WITH')) {
      if (type !== 'text') throw invalid('query', `STARTS_WITH is for text; ${field} is not`);
      return wrap({ op: 'startsWith', field, value: String(this.#value(field, type)) });
    }
    const { text: op } = this.#next();
    if (negated || !['=', '!=', '<', '<=', '>', '>='].includes(op))
      throw invalid('query', `'${op}' is no comparison (after ${field})`);
    if (op !== '=' && op !== '!=') this.#needsOrder(field, type, op);
    return { op: op as '=' | '!=' | '<' | '<=' | '>' | '>=', field, value: this.#value(field, type) };
  }

  #needsOrder(field: string, type: FieldType, op: string): void {
    if (!ORDERED.has(type)) throw invalid('query', `${op} is for what has an order; ${field} has none`);
  }

  #field(): { name: string; type: FieldType } {
    const token = this.#next();
    if (token.kind !== 'word') throw invalid('query', `expected a field, found '${token.text || 'the end'}'`);
    const system = Object.hasOwn(SYSTEM_FIELDS, token.text) ? SYSTEM_FIELDS[token.text] : undefined;
    if (system) return { name: token.text, type: system };
    const registered = Object.hasOwn(this.attributes, token.text) ? this.attributes[token.text] : undefined;
    if (registered === undefined) throw invalid('query', `'${token.text}' is no search attribute of this namespace`);
    return { name: token.text, type: ATTRIBUTE_TYPES[registered] ?? 'text' };
  }

  #value(field: string, type: FieldType): SearchAttributeValue {
    const { kind, text } = this.#next();
    if (type === 'status') {
      const index = STATUSES.indexOf(text.toLowerCase().replaceAll('_', ''));
      if (kind === 'number' && STATUSES[Number(text) - 1]) return Number(text);
      if (index < 0) throw invalid('query', `'${text}' is no execution status`);
      return index + 1;
    }
    if (type === 'number') {
      if (kind !== 'number') throw invalid('query', `${field} is a number, not '${text}'`);
      return Number(text);
    }
    if (type === 'bool') {
      if (!/^(true|false)$/i.test(text)) throw invalid('query', `${field} is true or false, not '${text}'`);
      return text.toLowerCase() === 'true';
    }
    if (kind !== 'string')
      throw invalid('query', `${field} is compared with text in quotes, not '${text || 'the end'}'`);
    if (type === 'time') {
      const time = Date.parse(text);
      if (Number.isNaN(time)) throw invalid('query', `'${text}' is no time (for ${field})`);
      return new Date(time).toISOString();
    }
    return text;
  }

  #next(): Token {
    return this.tokens[this.#at++] ?? { kind: 'end', text: '' };
  }
  #peekWord(word: string): boolean {
    const token = this.tokens[this.#at];
    return token?.kind === 'word' && token.text.toUpperCase() === word;
  }
  #word(word: string): boolean {
    if (!this.#peekWord(word)) return false;
    this.#at++;
    return true;
  }
  #symbol(symbol: string): boolean {
    const token = this.tokens[this.#at];
    if (token?.kind !== 'symbol' || token.text !== symbol) return false;
    this.#at++;
    return true;
  }
  #isEnd(): boolean {
    return this.#at >= this.tokens.length;
  }
  #unexpected(wanted: string): never {
    throw invalid('query', `expected ${wanted}, found '${this.tokens[this.#at]?.text ?? 'the end'}'`);
  }
}
