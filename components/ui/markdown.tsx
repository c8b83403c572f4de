'use client';

/**
 * Text that people wrote, as Markdown.
 *
 * Rules
 * [MD1] HTML in it is left out, and nothing of it runs: it is never parsed as HTML.
 * [MD2] A link leads only to http, https or mailto, and opens beside the page without access to it. The text of another
 *       one remains.
 * [MD3] Pictures are not loaded, because their servers would learn who reads the text: their description is shown.
 */
import Markdown, { type Components } from 'react-markdown';
import { cn } from './cn';

const ELEMENTS = 'p br hr a strong em code pre blockquote ul ol li h1 h2 h3 h4 h5 h6 img'.split(' ');
const heading: Components['h1'] = ({ children }) => <p className="font-semibold">{children}</p>;
const COMPONENTS: Components = {
  h1: heading,
  h2: heading,
  h3: heading,
  h4: heading,
  h5: heading,
  h6: heading,
  a: ({ href, children }) =>
    href ? (
      <a href={href} target="_blank" rel="noopener noreferrer nofollow" className="underline underline-offset-2">
        {children}
      </a>
    ) : (
      <span>{children}</span>
    ),
  img: ({ alt }) => <span>{alt}</span>,
};

/** [MD2] What is not one of these has no address. */
function safeAddress(address: string): string | null {
  try {
    return ['http:', 'https:', 'mailto:'].includes(new URL(address).protocol) ? address : null;
  } catch {
    return null;
  }
}

export default function MarkdownText({ text, className }: { text: string; className?: string }) {
  return (
    <div
      className={cn(
        'flex flex-col gap-2 text-sm [overflow-wrap:anywhere] [&_blockquote]:border-l-2 [&_blockquote]:border-hairline',
        '[&_blockquote]:pl-3 [&_code]:font-mono [&_code]:text-xs [&_ol]:list-decimal [&_ol]:pl-5 [&_ul]:list-disc [&_ul]:pl-5',
        '[&_pre]:overflow-x-auto [&_pre]:rounded-md [&_pre]:bg-sunken [&_pre]:p-2',
        className
      )}
    >
      <Markdown skipHtml allowedElements={ELEMENTS} unwrapDisallowed urlTransform={safeAddress} components={COMPONENTS}>
        {text}
      </Markdown>
    </div>
  );
}
