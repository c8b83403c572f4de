/**
 * shiki with two grammars and one theme made of CSS variables, loaded when the first code block is shown. It uses the
 * JavaScript engine for regular expressions, because WebAssembly would have to be fetched and allowed by the
 * content-security policy.
 */
import type { HighlighterCore, ThemedToken } from 'shiki/core';

export type CodeLanguage = 'typescript' | 'json';
let loading: Promise<HighlighterCore> | null = null;

function load(): Promise<HighlighterCore> {
  loading ??= (async () => {
    const [core, engine, typescript, json] = await Promise.all([
      import('shiki/core'),
      import('shiki/engine/javascript'),
      import('shiki/langs/typescript.mjs'),
      import('shiki/langs/json.mjs'),
    ]);
    return core.createHighlighterCore({
      themes: [core.createCssVariablesTheme({ name: 'backstitch', variablePrefix: '--shiki-', fontStyle: true })],
      langs: [typescript.default, json.default],
      engine: engine.createJavaScriptRegexEngine({ forgiving: true }),
    });
  })();
  return loading;
}

/** One list of tokens for each line. */
export async function tokensOf(code: string, language: CodeLanguage): Promise<ThemedToken[][]> {
  const highlighter = await load();
  return highlighter.codeToTokensBase(code, { lang: language, theme: 'backstitch' });
}
