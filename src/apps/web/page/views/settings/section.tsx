import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

export interface SectionProps {
  readonly title: string;
  /** What it is about. @default - said by its title */
  readonly text?: string;
  readonly children: ComponentChildren;
}

/** One concern of the settings. */
export function Section({ title, text, children }: SectionProps) {
  const id = useId();
  return (
    <section class="settings-section" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {text && <p class="settings-text">{text}</p>}
      {children}
    </section>
  );
}
