import type { ComponentChildren } from 'preact';
import { Logo } from '../../parts/logo.tsx';

export interface EntryProps {
  readonly title: string;
  /** Such as `Step 1 of 2`. @default - none */
  readonly step?: string;
  /** What stands below the card. */
  readonly after: ComponentChildren;
  readonly children: ComponentChildren;
}

/** The frame of the views before one is in. */
export function Entry({ title, step, after, children }: EntryProps) {
  return (
    <div class="entry">
      <div class="entry-brand">
        <Logo />
        <p class="entry-claim">Pictures of the people you choose, in the order they share them.</p>
      </div>
      <div class="entry-card">
        {step && <p class="entry-step">{step}</p>}
        <h1 tabIndex={-1}>{title}</h1>
        {children}
      </div>
      <p class="entry-after">{after}</p>
    </div>
  );
}
