/**
 * List filters: Temporal's SQL-like language, parsed into the store's Filter. Every field and value is checked here
 * against the table of fields, so a store receives only fields that exist.
 */
import { PAUSE_INFO, PAUSED_RUN, PAUSED_STATUS } from '../run-name';
import type { Filter, FilterValue } from './record';
import { InvalidQuery, TYPES, typeOf, wordsOf, type FieldType, type Literal } from './fields';

export interface ListFilter {
  filter: Filter | null;
  groupBy: string | null;
}

const MAX_LENGTH = 10_000;
const MAX_DEPTH = 50;

/** Throws InvalidQuery. `attributes`: the search attributes of the namespace, with their IndexedValueType numbers. */
export function parseListQuery(query: string, attributes: Readonly<Record<string, number>>): ListFilter {
  if (query.length > MAX_LENGTH) {
    throw new InvalidQuery(`has ${query.length} characters, at most ${MAX_LENGTH} are allowed`);
  }
  const parser = new Parser(tokens(query), attributes);
  return parser.parse();
}

/**
 * Why a text is not one filter that can be put into parentheses beside others; null if it is one. It may name any
 * field.
 */
export function filterProblem(query: string): string | null {
  // Some servers read what follows a backslash in a text as part of the text, and this parser does not.
  if (query.includes('\\')) return 'has a backslash';
  let depth = 0;
  try {
    for (const { kind, text } of tokens(query)) {
      if (kind !== 'symbol') continue;
      if (text === '(') depth++;
      if (text === ')' && --depth < 0) return 'closes a parenthesis that it does not open';
    }
  } catch (error) {
    return error instanceof InvalidQuery ? error.message : String(error);
  }
  return depth === 0 ? null : 'does not close every parenthesis';
}

const OPPOSITES = { '=': '!=', '!=': '=', '<': '>=', '>=': '<', '>': '<=', '<=': '>' } as const;

/**
 * The filter that NOT means in SQL: a comparison with a field that has no value is neither true nor false, so its
 * negation does not find the run either (as on a Temporal server with a SQL database).
 */
function negated(filter: Filter): Filter {
  // A run without the mark is not paused.
  if (filter === IS_PAUSED) return { op: 'not', of: IS_PAUSED };
  switch (filter.op) {
    case 'and':
    case 'or':
      return negatedBefore(filter) ?? { op: filter.op === 'and' ? 'or' : 'and', of: filter.of.map(negated) };
    case 'not':
      return filter.of;
    case 'isNull':
    case 'isNotNull':
      return { op: filter.op === 'isNull' ? 'isNotNull' : 'isNull', field: filter.field };
    case 'in':
    case 'startsWith':
    case 'hasWord':
      return {
        op: 'and',
        of: [
          { op: 'isNotNull', field: filter.field },
          { op: 'not', of: filter },
        ],
      };
    default:
      return { ...filter, op: OPPOSITES[filter.op] };
  }
}

/** What `negated` made with 'isNotNull', so that two negations are none. */
function negatedBefore({ op, of: [first, second, third] }: Filter & { op: 'and' | 'or' }): Filter | null {
  const isMade = op === 'and' && first?.op === 'isNotNull' && second?.op === 'not' && !third;
  return isMade && 'field' in second.of && second.of.field === first.field ? second.of : null;
}

function tokens(query: string): Literal[] {
  const pattern =
    /\s*(?:(`[^`]*`|[A-Za-z_][\w.]*)|('(?:[^']|'')*'|"(?:[^"]|"")*")|(-?\d+(?:\.\d+)?)|(<=|>=|!=|<>|[=<>(),]))/y;
  const rest = /\s*$/y;
  const found: Literal[] = [];
  for (;;) {
    const at = (rest.lastIndex = pattern.lastIndex);
    if (rest.test(query)) return found;
    const match = pattern.exec(query);
    if (!match) throw new InvalidQuery(`cannot be read at '${query.slice(at).trim().slice(0, 20)}'`);
    const [, word, string, number, symbol] = match;
    if (word !== undefined) found.push({ kind: 'word', text: word.replace(/`/g, '') });
    else if (string !== undefined) {
      const quote = string.charAt(0);
      found.push({ kind: 'string', text: string.slice(1, -1).replaceAll(quote + quote, quote) });
    } else if (number !== undefined) found.push({ kind: 'number', text: number });
    else found.push({ kind: 'symbol', text: symbol === '<>' ? '!=' : (symbol ?? '') });
  }
}

/**
 * A run that is paused is open, and stored so: whoever asks for runs that are open finds it too. Asking for those that
 * are paused asks for their mark.
 */
const IS_PAUSED: Filter = { op: '=', field: PAUSE_INFO, value: PAUSED_RUN };

class Parser {
  #at = 0;
  #depth = 0;
  constructor(
    private readonly tokens: Literal[],
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
      throw new InvalidQuery('ORDER BY is not supported: lists are by start time, newest first');
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
    if (this.#word('NOT')) return negated(this.#deeper(() => this.#not()));
    if (this.#symbol('(')) {
      const inner = this.#deeper(() => this.#or());
      if (!this.#symbol(')')) this.#unexpected(')');
      return inner;
    }
    return this.#comparison();
  }

  #deeper(parse: () => Filter): Filter {
    if (++this.#depth > MAX_DEPTH) throw new InvalidQuery(`has more than ${MAX_DEPTH} levels of nesting`);
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
    const isNegated = this.#word('NOT');
    const wrap = (filter: Filter): Filter => (isNegated ? negated(filter) : filter);
    if (this.#word('IN')) {
      this.#notByWords(field, type, 'IN');
      if (!this.#symbol('(')) this.#unexpected('(');
      const values = [this.#value(field, type)];
      while (this.#symbol(',')) values.push(this.#value(field, type));
      if (!this.#symbol(')')) this.#unexpected(')');
      const others = values.filter((value) => value !== PAUSED_STATUS || type !== 'status');
      const isIn: Filter = { op: 'in', field, values: others };
      return wrap(others.length === values.length ? isIn : { op: 'or', of: [isIn, IS_PAUSED] });
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
      if (type !== 'text') throw new InvalidQuery(`STARTS_WITH can be used only with text fields; ${field} is not one`);
      return wrap({ op: 'startsWith', field, value: String(this.#value(field, type)) });
    }
    const { text: op } = this.#next();
    if (isNegated || !['=', '!=', '<', '<=', '>', '>='].includes(op))
      throw new InvalidQuery(`'${op}' is not a comparison operator (after ${field})`);
    if (op !== '=' && op !== '!=') this.#needsOrder(field, type, op);
    if (TYPES[type].byWords) return this.#words(field, type, op);
    const value = this.#value(field, type);
    if (value === PAUSED_STATUS && type === 'status') return op === '=' ? IS_PAUSED : { op: 'not', of: IS_PAUSED };
    return { op: op as '=' | '!=' | '<' | '<=' | '>' | '>=', field, value };
  }

  #words(field: string, type: FieldType, op: string): Filter {
    const words = wordsOf(String(this.#value(field, type)));
    if (words.length === 0) throw new InvalidQuery(`${field} is compared with a text that has no words`);
    const filter: Filter = { op: 'hasWord', field, words };
    return op === '=' ? filter : negated(filter);
  }

  #notByWords(field: string, type: FieldType, op: string): void {
    if (TYPES[type].byWords) throw new InvalidQuery(`${op} cannot be used with ${field}, which is of type Text`);
  }

  #needsOrder(field: string, type: FieldType, op: string): void {
    if (!TYPES[type].ordered) throw new InvalidQuery(`${op} can be used only with ordered fields; ${field} is not one`);
  }

  #field(): { name: string; type: FieldType } {
    const token = this.#next();
    if (token.kind !== 'word') throw new InvalidQuery(`expected a field, found '${token.text || 'the end'}'`);
    const type = typeOf(token.text, this.attributes);
    if (!type) throw new InvalidQuery(`'${token.text}' is not a search attribute of this namespace`);
    return { name: token.text, type };
  }

  #value(field: string, type: FieldType): FilterValue {
    return TYPES[type].read(this.#next(), field);
  }

  #next(): Literal {
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
    throw new InvalidQuery(`expected ${wanted}, found '${this.tokens[this.#at]?.text ?? 'the end'}'`);
  }
}
