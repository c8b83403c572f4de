/**
 * Variables of a flow. TypeScript narrows a variable of a union type to the value that was assigned last, because it
 * does not see other assignments: by an update while a step runs, or by a parallel branch. So such values are widened
 * to the whole type, where the function that assigns them reads the variable too: other functions see the whole type
 * anyway.
 */
import type { FlowDocument, FlowNode, JsonSchema, Template } from '../../flow/document';
import { expressionsIn, namesIn } from '../../flow/expression-names';
import { factsOf } from '../../flow/nodes/table';
import { allNodes, nestedSteps } from '../../flow/tree';
import { schemaType } from '../../flow/schema/type';
import type { ModuleNames } from './names';
import { capital, template } from './print';

export class Variables {
  /** Names of union types, by variable. */
  readonly #types = new Map<string, string>();

  constructor(
    private readonly document: FlowDocument,
    names: ModuleNames
  ) {
    for (const [name, { schema }] of Object.entries(document.variables))
      if (isUnion(schema)) this.#types.set(name, schema.enum ? names.take(`${capital(name)}Value`) : 'boolean');
  }

  types(): string[] {
    return [...this.#types].flatMap(([name, type]) =>
      type === 'boolean' ? [] : [`type ${type} = ${schemaType(this.document.variables[name]?.schema)};`]
    );
  }

  declarations(): string[] {
    return Object.entries(this.document.variables).map(([name, { schema, initial }]) => {
      const type = this.#types.get(name);
      if (type !== undefined && reads(this.document.steps, name))
        return `let ${name} = ${this.#widened(name, type, initial)};`;
      const typed = typeof initial === schemaType(schema) ? '' : `: ${type ?? schemaType(schema)}`;
      return `let ${name}${typed} = ${template(initial)};`;
    });
  }

  /** For people who read the run. */
  shown(): string[] {
    const names = Object.keys(this.document.variables);
    return names.length === 0 ? [] : [`\ns.shows(() => ({ ${names.join(', ')} }));`];
  }

  valueSetBy(node: FlowNode, name: string, value: Template): string {
    const type = this.#types.get(name);
    const { steps } = this.document;
    const own = [steps, ...innerFunctions(steps)].find((each) => functionOf(each).includes(node)) ?? steps;
    return type !== undefined && this.#isSetElsewhere(name, node) && reads(own, name)
      ? this.#widened(name, type, value)
      : template(value);
  }

  /**
   * A type assertion is safe only for a value of the type itself, so any other value is checked with `satisfies`
   * first.
   */
  #widened(name: string, type: string, value: Template): string {
    const { enum: values } = this.document.variables[name]?.schema ?? {};
    const isOwn = typeof value === 'boolean' ? values === undefined : values?.some((each) => each === value);
    return isOwn ? `${template(value)} as ${type}` : `(${template(value)}) satisfies ${type} as ${type}`;
  }

  #isSetElsewhere(name: string, node: FlowNode): boolean {
    const { steps, updates } = this.document;
    return (
      Object.values(updates).some(({ set }) => Object.hasOwn(set, name)) ||
      allNodes(steps).some((other) => other.id !== node.id && factsOf(other).sets(other).includes(name))
    );
  }
}

/** True if assigning a value narrows a variable of this type. */
function isUnion(schema: JsonSchema): boolean {
  if (schema.const !== undefined) return false;
  return schema.enum ? schema.enum.length > 1 : schema.type === 'boolean';
}

/** True if the function of this sequence reads the variable, outside of the functions in it. */
function reads(steps: readonly FlowNode[], name: string): boolean {
  return functionOf(steps).some((node) =>
    factsOf(node)
      .templates(node)
      .filter(({ readsInside }) => !readsInside)
      .some(({ value }) => expressionsIn(value).some(({ expression }) => namesIn(expression).has(name)))
  );
}

/** The nodes whose code is in the function of this sequence itself. */
function functionOf(steps: readonly FlowNode[]): FlowNode[] {
  return steps.flatMap((node) => [node, ...inline(node).flatMap(functionOf)]);
}

/** The sequences inside these steps that are functions of their own, at any depth. */
function innerFunctions(steps: readonly FlowNode[]): FlowNode[][] {
  return allNodes(steps).flatMap((node) => nestedSteps(node).filter((inner) => !inline(node).includes(inner)));
}

/** The branches of a choice, and the steps after a rejection or a timeout. */
function inline(node: FlowNode): FlowNode[][] {
  const { runs, branches } = factsOf(node);
  return runs === 'one' ? branches(node).map((branch) => branch.steps) : [];
}
