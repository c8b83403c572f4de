import fc from 'fast-check';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { catalogue as activities } from '../../activities/catalogue';
import type { Catalogue, CatalogueActivity } from '../../flow/catalogue';
import type { FlowDocument, JsonSchema } from '../../flow/document';
import { applyGesture } from '../../flow/edit/apply';
import { documentOf } from '../../flow/edit/document-of';
import { draftOf } from '../../flow/edit/draft';
import { fixesOf } from '../../flow/edit/fixes';
import { parseFlow } from '../../flow/testing/flow';
import { compile, type Compiled } from '../compile';
import { readSagaSources, sagaFolder } from '../saga-sources';
import { goldenNames, readGolden } from '../testing/golden-case';
import { randomFlow } from '../testing/random-flow';
import { diagnosticsOf, TypeChecker } from '../type-check';
import { FlowLanguage } from './flow-check';
import { LIBRARY } from './library';
import { CODE_LIBRARY, SAGA_TYPES, WORKFLOW_TYPES } from './saga-types';

const object = (properties: object, required: string[] = Object.keys(properties)) => ({
  type: 'object' as const,
  properties: properties as Record<string, JsonSchema>,
  required,
});
const charge = {
  name: 'shop.charge',
  title: 'Charge',
  effect: 'reversible' as const,
  input: object({ amount: { type: 'integer' }, order: { type: 'string' } }),
  output: object({ id: { type: 'string' } }),
  defaultOptions: {},
} satisfies CatalogueActivity;
const catalogue: Catalogue = { ...activities, 'shop.charge': charge };

const base = {
  format: 2,
  name: 'order',
  title: 'Order',
  input: object({ amount: { type: 'integer' }, order: { type: 'string' }, note: { type: 'string' } }, [
    'amount',
    'order',
  ]),
  output: object({ id: { type: 'string' } }),
  variables: { total: { schema: { type: 'number' }, initial: 0 } },
  steps: [
    {
      id: 'big',
      kind: 'choice',
      title: 'Big?',
      branches: [
        {
          id: 'yes',
          title: 'Yes',
          when: 'input.amount > 5',
          steps: [{ id: 'count', kind: 'set', title: 'Count', values: { total: { $expr: 'input.amount + 1' } } }],
        },
      ],
    },
    {
      id: 'charge',
      kind: 'action',
      title: 'Charge',
      activity: 'shop.charge',
      input: { amount: { $expr: 'input.amount' }, order: { $expr: 'input.order' } },
      undo: { title: 'Log', activity: 'log', input: { message: { $expr: 'input.order' } }, armed: 'completed' },
      unknown: { policy: 'undo' },
    },
    { id: 'done', kind: 'end', title: 'Done', output: { id: { $expr: 'charge.id' } } },
  ],
};
type Base = typeof base;
const cases = await Promise.all(goldenNames().map(readGolden));
const language = new FlowLanguage();
/** Node, field and message of what is found after a change. */
function found(change: (flow: Base) => unknown = () => undefined, known = catalogue) {
  const flow = structuredClone(base);
  change(flow);
  return language
    .problems(parseFlow(flow), known)
    .map(({ nodeId, path, message }) => `${nodeId ?? 'flow'} ${path.join('.')}: ${message}`);
}
const input = ({ input: { properties } }: Base) => properties as Record<string, unknown>;
/** A field of a step, to be changed. */
function part(flow: Base, index: number, ...path: string[]): object {
  return path.reduce<unknown>((value, each) => (value as Record<string, unknown>)[each], flow.steps[index]) as object;
}

describe('the fields of problems', () => {
  it('[FCK1] a flow without problems has none', () => expect(found()).toEqual([]));
  it('[FCK2] a field of the input that gets another type shows at every expression that it breaks', () => {
    expect(found((flow) => void (input(flow).amount = { type: 'string' }))).toEqual([
      'big branches.0.when: A text and a number cannot be compared by size.',
      'count values.total: This is a text, and a number is needed here.',
      'charge input.amount: This is a text, and a number is needed here.',
    ]);
  });
  it('[FCK2] a field that is removed or renamed shows where it is read, in undos too', () => {
    const problems = found((flow) => {
      delete input(flow).order;
      flow.input.required = ['amount'];
    });
    expect(problems.map((each) => each.split(':')[0])).toEqual(['charge input.order', 'charge undo.input.message']);
    expect(problems[0]).toContain("There is no field 'order' here");
  });
  it('[FCK2] an output that changes shows where it is read', () => {
    const other = { ...charge, output: object({ code: { type: 'string' } }) };
    expect(found(undefined, { ...catalogue, 'shop.charge': other })).toEqual([
      expect.stringMatching(/^done output.id: There is no field 'id' here/),
    ]);
  });
  it('[FCK2] a field that an operation now needs, and a wrong text, show at their own fields', () => {
    const more = { ...charge, input: object({ ...charge.input.properties, currency: { type: 'string' } }) };
    expect(found(undefined, { ...catalogue, 'shop.charge': more })).toEqual([
      "charge input.currency: 'Charge' needs 'currency'.",
    ]);
    expect(found((flow) => Object.assign(part(flow, 1, 'input'), { amount: 'five' }))).toEqual([
      'charge input.amount: This is a text, and a number is needed here.',
    ]);
  });
  it('[FCK2] a field of a group in a list has its problem, and an output without fields has it as a whole', () => {
    const lines = { type: 'array', items: object({ count: { type: 'integer' } }) } as JsonSchema;
    const more = { ...charge, input: object({ ...charge.input.properties, lines }) };
    const withLines = (flow: Base) =>
      Object.assign(part(flow, 1, 'input'), { lines: [{ count: 1 }, { count: 'two' }] });
    expect(found(withLines, { ...catalogue, 'shop.charge': more })).toEqual([
      'charge input.lines.1.count: This is a text, and a number is needed here.',
    ]);
    expect(found((flow) => Object.assign(flow.steps[2]!, { output: {} }))).toEqual([
      "done output: It lacks the field 'id'.",
    ]);
  });
  it('[FCK6] a field without a value has its problem in words, also while another step is wrong', () => {
    const wrong = (flow: Base) => {
      Object.assign(part(flow, 1), { input: {} });
      flow.steps.push({ id: 'wait', kind: 'wait', title: 'Wait', until: 'input.order', zone: 'Mars' } as never);
    };
    expect(found(wrong)).toEqual([
      "charge input.amount: 'Charge' needs 'amount'.",
      "charge input.order: 'Charge' needs 'order'.",
    ]);
  });
  it('[FCK2] a value that may be missing, and a text of the output, show at their fields', () => {
    expect(found((flow) => Object.assign(part(flow, 1, 'input'), { order: { $expr: 'input.note' } }))).toEqual([
      expect.stringMatching(/^charge input.order: It may be missing/),
    ]);
    expect(found((flow) => Object.assign(part(flow, 2, 'output'), { id: 5 }))).toEqual([
      'done output.id: This is a number, and a text is needed here.',
    ]);
  });
  it('[FCK2] people, a due time and a priority of an approval that are none show at their fields', () => {
    const asking = (more: object) =>
      found((flow) => {
        const approval = { id: 'ask', kind: 'approval', title: 'Ask', question: '?', data: {}, ...more };
        (flow.steps as object[]).unshift(approval);
      }).map((each) => each.split(':')[0]);
    expect(
      asking({ candidatesFrom: 'input.note', notBy: '[input.order, input.note]', due: { $expr: 'input.order' } })
    ).toEqual([]);
    expect(
      asking({
        candidatesFrom: 'input.amount',
        notBy: 'input',
        due: { $expr: 'input.amount > 5' },
        priority: { $expr: 'input.order' },
      }).sort()
    ).toEqual(['ask candidatesFrom', 'ask due', 'ask notBy', 'ask priority']);
    expect(asking({ priority: { $expr: "input.amount > 5 ? 'urgent' : 'low'" } })).toEqual([]);
  });
  it('[FCK2] the value of an address shows at its field', () => {
    const problems = found((flow) =>
      Object.assign(flow.steps[1]!, {
        activity: 'http.request',
        effect: 'none',
        undo: undefined,
        unknown: undefined,
        output: charge.output,
        input: { connection: 'shop', path: { $expr: '`/orders/${input.nothing}`' } },
      })
    );
    expect(problems).toEqual([expect.stringMatching(/^charge input.path: There is no field 'nothing' here/)]);
  });
});

describe('drafts that are wrong elsewhere', () => {
  it.each(['input.constructor', 'process.exit()', 'import("fs")', 'input.__proto__', 'input.amount +'])(
    '[FCK3] %s is reported at its field, once, and the other fields are still checked',
    (expression) => {
      const problems = found((flow) => {
        Object.assign(part(flow, 1, 'input'), { order: { $expr: expression } });
        Object.assign(part(flow, 2, 'output'), { id: { $expr: 'charge.code' } });
      });
      const places = problems.map((each) => each.split(':')[0]);
      expect([...new Set(places)]).toEqual(['charge input.order', 'done output.id']);
      expect(places.filter((each) => each === 'done output.id')).toHaveLength(1);
    }
  );
  it('[FCK3] a step that moved before what it reads has one problem, the one of validation', () => {
    expect(found((flow) => flow.steps.unshift(...flow.steps.splice(2, 1)))).toEqual([]);
  });
  it('[FCK3] an unknown activity elsewhere hides no type problem', () => {
    const problems = found((flow) => {
      Object.assign(flow.steps[1]!, { activity: 'shop.nothing' });
      Object.assign(part(flow, 0, 'branches', '0'), { when: 'input.amont > 1' });
    });
    expect(problems).toEqual([expect.stringMatching(/^big branches.0.when: There is no field 'amont' here/)]);
  });
});

describe('agreement with publishing', () => {
  const checker = new TypeChecker();
  const saga = readSagaSources();
  const nodesOf = (problems: readonly { nodeId: string | null }[]) =>
    [...new Set(problems.map(({ nodeId }) => nodeId ?? ''))].sort();

  it('[FCK1] every golden flow is right', () => {
    for (const { name, compiled, flows } of cases)
      expect([name, language.problems(parseFlow(compiled.manifest?.document), { ...activities, ...flows })]).toEqual([
        name,
        [],
      ]);
  }, 60_000);
  it('[FCK1] with fields of inputs removed or retyped, the same nodes have problems as at publishing', async () => {
    const changed: { what: string; document: FlowDocument; compiled: Compiled; catalogue: Catalogue }[] = [];
    for (const { name, compiled, flows } of cases) {
      const catalogue = { ...activities, ...flows };
      const { document } = compiled.manifest!;
      for (const [field, schema] of Object.entries(document.input.properties ?? {})) {
        const { [field]: _gone, ...others } = document.input.properties ?? {};
        const required = document.input.required?.filter((each) => each !== field);
        const retyped = { ...others, [field]: { type: schema.type === 'boolean' ? 'number' : 'boolean' } as const };
        const properties = changed.length % 2 === 0 ? others : retyped;
        const flow = parseFlow({ ...document, input: { ...document.input, required, properties } });
        const made = await compile(flow, { version: 1, catalogue, saga });
        changed.push({ what: `${name} ${field}`, document: flow, compiled: made, catalogue });
      }
    }
    const theirs = checker.checkAll(changed.map(({ compiled }) => compiled.files));
    let broken = 0;
    changed.forEach(({ what, document, compiled, catalogue }, index) => {
      if (compiled.manifest === null) return;
      const published = diagnosticsOf(theirs[index]!, compiled.manifest.nodes);
      broken += published.length;
      expect([what, nodesOf(language.problems(document, catalogue))]).toEqual([what, nodesOf(published)]);
    });
    expect(broken).toBeGreaterThan(15);
  }, 120_000);
  it('[FCK1] random flows that can be published have no problems', () => {
    fc.assert(
      fc.property(randomFlow, (flow) => {
        const document = parseFlow(flow);
        const errors = language.problems(document, activities).filter(({ severity }) => severity === 'error');
        expect(errors).toEqual([]);
      }),
      { numRuns: 12, seed: 7 }
    );
  }, 60_000);
});

it('[FCK1] the declarations are those of the saga library', () => {
  const ours = membersOf('/ours.d.ts');
  const theirs = membersOf(`${sagaFolder()}/index.ts`);
  expect(Object.keys(ours).length).toBeGreaterThan(15);
  // The options of activities are Temporal's own, and large.
  for (const [name, text] of Object.entries(ours).filter(([name]) => !name.endsWith('.options')))
    expect([name, wordsOf(text)]).toEqual([name, wordsOf(theirs[name] ?? '')]);
});

/** The members of a union have no order, and what is optional may be undefined. */
const wordsOf = (type: string): string =>
  type
    .replace(/(\?: (?:[^,()<]|<[^<>]*>)*) \| undefined/g, '$1')
    .split(/\b/)
    .sort()
    .join('');

/** The types of the module's exports, written out; of its class, its members. */
function membersOf(file: string): Record<string, string> {
  const files: Record<string, string> = {
    '/ours.d.ts': SAGA_TYPES,
    '/library.d.ts': `${LIBRARY}${CODE_LIBRARY}`,
    '/workflow-types.d.ts': WORKFLOW_TYPES,
  };
  const options: ts.CompilerOptions = {
    strict: true,
    lib: ['lib.es2023.d.ts'],
    types: [],
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    noErrorTruncation: true,
  };
  const disk = ts.createCompilerHost(options);
  const program = ts.createProgram([file], options, {
    ...disk,
    fileExists: (name) => files[name] !== undefined || disk.fileExists(name),
    getSourceFile: (name, version) =>
      files[name] === undefined ? disk.getSourceFile(name, version) : ts.createSourceFile(name, files[name], version),
  });
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(program.getSourceFile(file)!)!;
  const format = ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.InTypeAlias;
  const members = (type: ts.Type, owner: string) =>
    type
      .getProperties()
      .filter(
        (member) =>
          !(member.valueDeclaration && ts.getCombinedModifierFlags(member.valueDeclaration) & ts.ModifierFlags.Private)
      )
      .map((member) => {
        const calls = checker.getTypeOfSymbol(member).getCallSignatures();
        const text =
          calls.length > 0
            ? calls.map((each) => checker.signatureToString(each, undefined, format)).join('; ')
            : checker.typeToString(checker.getTypeOfSymbol(member), undefined, format);
        return [`${owner}.${member.name}`, text] as const;
      });
  const wanted = [
    'saga',
    'Saga',
    'StepSpec',
    'UndoSpec',
    'ActivityCall',
    'ApprovalResult',
    'ApprovalSpec',
    'CaughtFailure',
    'ValueSchema',
  ];
  return Object.fromEntries(
    checker
      .getExportsOfModule(module)
      .filter(({ name }) => wanted.includes(name))
      .flatMap((symbol) => {
        const real = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
        if (real.flags & ts.SymbolFlags.Function)
          return [[real.name, checker.typeToString(checker.getTypeOfSymbol(real), undefined, format)] as const];
        return members(checker.getDeclaredTypeOfSymbol(real), real.name);
      })
  );
}

it('[FCK1] a field that a hundred nodes read breaks a hundred fields, and none once it is mended', () => {
  const steps = Array.from({ length: 100 }, (_, index) => {
    return {
      id: `step-${index}`,
      kind: 'action',
      title: `Step ${index}`,
      activity: 'shop.charge',
      input: {
        amount: { $expr: 'input.amount * 2' },
        order: { $expr: index === 0 ? 'input.order' : `step${index - 1}.id` },
      },
      undo: { title: 'Log', activity: 'log', input: { message: { $expr: 'input.order' } }, armed: 'completed' },
      unknown: { policy: 'undo' },
    };
  });
  const { output: _, ...flow } = base;
  const own = new FlowLanguage();
  const check = (amount: string) =>
    own.problems(
      parseFlow({ ...flow, input: object({ amount: { type: amount }, order: { type: 'string' } }), steps }),
      catalogue
    );
  expect(check('integer')).toEqual([]);
  for (const [amount, problems] of [
    ['string', 100],
    ['integer', 0],
  ] as const)
    expect(check(amount)).toHaveLength(problems);
});

describe('a misspelt name', () => {
  const wrong = parseFlow({
    ...base,
    steps: [
      {
        id: 'big',
        kind: 'choice',
        title: 'Big?',
        branches: [{ id: 'yes', title: 'Yes', when: "input.order.includes('amuont') && input.amuont > 5", steps: [] }],
      },
      {
        id: 'charge',
        kind: 'action',
        title: 'Charge',
        activity: 'shop.charge',
        input: { amount: { $expr: 'inptu.amount' }, order: { $expr: 'input.order' } },
        undo: { title: 'Give back', activity: 'shop.charge', input: { amount: 1, order: { $expr: 'input.ordr' } } },
      },
      { id: 'done', kind: 'end', title: 'Done', output: { id: { $expr: 'charge.id' } } },
    ],
  });

  it('[FCK5] is found with the one that was meant and its place, and changed by a quick fix', () => {
    let draft = draftOf(wrong);
    const titles: string[] = [];
    for (let round = 0; round < 5; round++) {
      const found = language.problems(documentOf(draft).document, catalogue);
      const fixes = found.flatMap((each) => (each.instead ? fixesOf(each, draft, catalogue).slice(0, 1) : []));
      const [fix] = fixes;
      if (!fix) break;
      titles.push(fix.title);
      const outcome = applyGesture(draft, { operations: fix.operations });
      if (outcome.refusal) throw new Error(outcome.refusal.message);
      draft = outcome.draft;
    }
    expect(titles.sort()).toEqual([
      "Change 'amuont' to 'amount'",
      "Change 'inptu' to 'input'",
      "Change 'ordr' to 'order'",
    ]);
    expect(draft.steps[0]!.branches[0]!.fields.when).toBe("input.order.includes('amuont') && input.amount > 5");
    expect(language.problems(documentOf(draft).document, catalogue)).toEqual([]);
  });
});
