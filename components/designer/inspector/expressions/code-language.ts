/** What the worker of expressions knows, as extensions of the editor. */
import { autocompletion, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete';
import { linter, type Action, type Diagnostic } from '@codemirror/lint';
import { StateEffect, StateField, type Extension } from '@codemirror/state';
import { EditorView, hoverTooltip, showTooltip, type Tooltip } from '@codemirror/view';
import type { EditorProps } from './editor-props';
import { askLanguage } from './language-client';
import type { Completion, LanguageScope, Signature } from './language-messages';

/** Completion, while somebody types a name and after a dot. */
export function completing(field: string, scope: () => LanguageScope, sampleOf: EditorProps['sampleOf']) {
  const source = async (context: CompletionContext): Promise<CompletionResult | null> => {
    const word = context.matchBefore(/[\w$]+$/);
    const isAfterDot = /\.\s*$/.test(context.state.sliceDoc(0, word?.from ?? context.pos));
    if (!context.explicit && !word && !isAfterDot) return null;
    const code = context.state.doc.toString();
    const found = await askLanguage({ ask: 'completions', field, code, scope: scope(), at: context.pos }).catch(
      () => null
    );
    if (!found || context.aborted) return null;
    const before = PATH_BEFORE.exec(code.slice(0, found.from))?.[0] ?? '';
    const options = found.entries.map((entry) => optionOf(entry, sampleOf(`${before}${entry.name}`)));
    return { from: found.from, options, validFor: /^[\w$]*$/ };
  };
  return autocompletion({ override: [source], icons: false, activateOnTypingDelay: 30 });
}

/** `charge?.` before the word that is being written. */
const PATH_BEFORE = /[\w$]+(?:\??\.[\w$]+)*\??\.$/;

const optionOf = ({ name, kind, type, title }: Completion, sample: string | null) => ({
  label: name,
  detail: title ?? shortened(type),
  type: kind,
  boost: kind === 'name' ? 2 : kind === 'field' ? 1 : 0,
  info: sample !== null || (title !== null && type.length > 48) ? () => typeElement(type, null, sample) : undefined,
});
const shortened = (type: string) => (type.length > 48 ? `${type.slice(0, 47)}…` : type);

/**
 * The line below the field appears after a pause, so that nothing moves while somebody types; the mark in the text at
 * once.
 */
const PAUSE_MS = 600;

export function problemsOf(field: string, scope: () => LanguageScope, report: EditorProps['onProblems']) {
  let pause: ReturnType<typeof setTimeout> | undefined;
  return linter(
    async (view): Promise<Diagnostic[]> => {
      const code = view.state.doc.toString();
      const found = await askLanguage({ ask: 'problems', field, code, scope: scope() }).catch(() => null);
      if (found === null || view.state.doc.toString() !== code) return [];
      clearTimeout(pause);
      if (found.length === 0) report(found);
      else pause = setTimeout(() => report(found), view.hasFocus ? PAUSE_MS : 0);
      return found.map(({ from, to, message, instead }) => ({
        from,
        to: Math.max(to, from),
        message,
        severity: 'error',
        ...(instead === undefined ? {} : { actions: [changeTo(instead)] }),
      }));
    },
    { delay: 150 }
  );
}

/** [EXF6] The name that was meant, in place of the misspelt one. */
const changeTo = (name: string): Action => ({
  name: `Change to '${name}'`,
  apply: (view, from, to) => view.dispatch({ changes: { from, to, insert: name }, userEvent: 'input.fix' }),
});

/** The type of what is under the pointer. */
export function typesOf(field: string, scope: () => LanguageScope, sampleOf: EditorProps['sampleOf']) {
  return hoverTooltip(async (view, at) => {
    const code = view.state.doc.toString();
    const found = await askLanguage({ ask: 'hover', field, code, scope: scope(), at }).catch(() => null);
    if (!found) return null;
    const path = /[\w$]+(?:\??\.[\w$]+)*$/.exec(code.slice(0, found.to))?.[0] ?? '';
    return {
      pos: found.from,
      end: found.to,
      above: true,
      create: () => ({ dom: typeElement(found.type, found.title, sampleOf(path)) }),
    };
  });
}

function typeElement(type: string, title: string | null, sample: string | null): HTMLElement {
  const element = document.createElement('div');
  element.className = 'cm-type';
  if (title !== null) element.append(Object.assign(document.createElement('div'), { textContent: title }));
  element.append(Object.assign(document.createElement('code'), { textContent: type }));
  if (sample !== null) {
    const line = Object.assign(document.createElement('div'), { textContent: 'Last: ' });
    line.append(Object.assign(document.createElement('code'), { textContent: sample }));
    element.append(line);
  }
  return element;
}

const setSignature = StateEffect.define<Tooltip | null>();
const signatureShown = StateField.define<Tooltip | null>({
  create: () => null,
  update(shown, { effects, changes, docChanged }) {
    for (const effect of effects) if (effect.is(setSignature)) return effect.value;
    return shown && docChanged ? { ...shown, pos: changes.mapPos(shown.pos) } : shown;
  },
  provide: (field) => showTooltip.from(field),
});

/** The parameters of the method whose brackets the caret is in. */
export function signatures(field: string, scope: () => LanguageScope): Extension {
  let last = 0;
  const show = async (view: EditorView) => {
    const asked = ++last;
    const code = view.state.doc.toString();
    const { head: at } = view.state.selection.main;
    const mayBeCall = view.hasFocus && code.slice(0, at).includes('(');
    const found = mayBeCall
      ? await askLanguage({ ask: 'signature', field, code, scope: scope(), at }).catch(() => null)
      : await Promise.resolve(null);
    if (asked !== last || !view.dom.isConnected || (found === null && view.state.field(signatureShown) === null))
      return;
    const tooltip = found && { pos: found.from, above: true, create: () => ({ dom: signatureElement(found) }) };
    view.dispatch({ effects: setSignature.of(tooltip) });
  };
  return [
    signatureShown,
    EditorView.updateListener.of(({ docChanged, selectionSet, focusChanged, view }) => {
      if (docChanged || selectionSet || focusChanged) void show(view);
    }),
  ];
}

function signatureElement({ parts: [before, at, behind], gives }: Signature): HTMLElement {
  const element = Object.assign(document.createElement('div'), { className: 'cm-type' });
  const code = document.createElement('code');
  code.append(before, Object.assign(document.createElement('strong'), { textContent: at }), behind);
  element.append(code);
  if (gives !== null) element.append(Object.assign(document.createElement('div'), { textContent: gives }));
  return element;
}
