/** Surfaces without a state of their own: badge, card, table parts, key hints, skeleton. */
import type { ComponentProps, ReactNode } from 'react';
import { cn } from './cn';

const TONES = {
  neutral: 'border-hairline bg-card text-ink-2',
  inverse: 'border-ink bg-ink text-paper',
  forward: 'border-forward/40 bg-card text-forward',
  back: 'border-back/40 bg-back-tint text-back',
  work: 'border-work/40 bg-card text-work',
  fail: 'border-fail/40 bg-fail-tint text-fail',
} as const;

export function Badge({
  tone = 'neutral',
  className,
  ...rest
}: ComponentProps<'span'> & { tone?: keyof typeof TONES }) {
  return (
    <span
      className={cn(
        'figures inline-flex h-5 items-center gap-1 whitespace-nowrap rounded-sm border px-1.5 text-xs font-medium [&_svg]:size-3',
        TONES[tone],
        className
      )}
      {...rest}
    />
  );
}

export function Card({ className, ...rest }: ComponentProps<'section'>) {
  return <section className={cn('rounded-lg border border-hairline bg-card', className)} {...rest} />;
}
export function CardHeader({
  title,
  description,
  actions,
  level = 2,
}: {
  title: ReactNode;
  description?: ReactNode;
  actions?: ReactNode;
  level?: 2 | 3;
}) {
  const Heading = `h${level}` as const;
  return (
    <header className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 border-b border-hairline px-4 py-2.5">
      <div className="min-w-0">
        <Heading className="text-sm font-semibold">{title}</Heading>
        {description ? <p className="text-xs text-ink-2">{description}</p> : null}
      </div>
      {actions ? <div className="flex items-center gap-2">{actions}</div> : null}
    </header>
  );
}
export function CardBody({ className, ...rest }: ComponentProps<'div'>) {
  return <div className={cn('px-4 py-3', className)} {...rest} />;
}

/** Wide tables scroll within their own frame, so that the page does not scroll sideways. */
export function Table({ className, label, ...rest }: ComponentProps<'table'> & { label: string }) {
  return (
    <div className="w-full overflow-x-auto" role="region" aria-label={label} tabIndex={0}>
      <table aria-label={label} className={cn('w-full border-collapse text-left text-sm', className)} {...rest} />
    </div>
  );
}
export function TableHead(props: ComponentProps<'thead'>) {
  return <thead {...props} />;
}
export function TableBody(props: ComponentProps<'tbody'>) {
  return <tbody {...props} />;
}
export function TableRow({ className, ...rest }: ComponentProps<'tr'>) {
  return (
    <tr
      className={cn(
        'border-b border-hairline transition-colors last:border-b-0 aria-selected:bg-ink/6 [tbody>&]:hover:bg-ink/3',
        className
      )}
      {...rest}
    />
  );
}
export function TableHeading({ className, ...rest }: ComponentProps<'th'>) {
  return (
    <th scope="col" className={cn('h-8 whitespace-nowrap px-3 text-xs font-medium text-ink-2', className)} {...rest} />
  );
}
export function TableCell({ className, ...rest }: ComponentProps<'td'>) {
  return <td className={cn('figures h-9 px-3 align-middle', className)} {...rest} />;
}

/** `<Keys keys={['Ctrl', 'K']} />` */
export function Keys({ keys, className }: { keys: readonly string[]; className?: string }) {
  return (
    <span className={cn('inline-flex items-center gap-0.5', className)}>
      {keys.map((key) => (
        <kbd
          key={key}
          className="grid h-5 min-w-5 place-items-center rounded-sm border border-hairline bg-card px-1 font-sans text-2xs text-ink-2"
        >
          {key}
        </kbd>
      ))}
    </span>
  );
}
