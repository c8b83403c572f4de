'use client';

/** A field for a script: a plain field until the editor is there, and where it cannot be loaded. */
import { useEffect, useId, useState, type ComponentType } from 'react';
import { Textarea } from '@/components/ui/field';
import type { ScriptEditorProps } from './editor-props';

export function ScriptField({
  label,
  help,
  error,
  text,
  onChange,
}: Pick<ScriptEditorProps, 'label' | 'text' | 'onChange'> & { help: string; error: string | null }) {
  const id = useId();
  const [Editor, setEditor] = useState<ComponentType<ScriptEditorProps> | null>(null);
  useEffect(() => {
    void import('./code-script').then(
      (module) => setEditor(() => module.default),
      () => undefined
    );
  }, []);
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <label htmlFor={id} className="text-xs font-medium">
        {label}
      </label>
      {Editor ? (
        <Editor id={id} label={label} invalid={error !== null} text={text} onChange={onChange} />
      ) : (
        <Textarea
          id={id}
          rows={10}
          spellCheck={false}
          className="font-mono text-xs"
          value={text}
          onChange={({ target }) => onChange(target.value)}
        />
      )}
      {error ? (
        <p role="alert" className="text-xs text-fail">
          {error}
        </p>
      ) : (
        <p className="text-xs text-ink-2">{help}</p>
      )}
    </div>
  );
}
