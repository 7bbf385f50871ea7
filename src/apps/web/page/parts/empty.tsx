import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icon.tsx';

export interface EmptyProps {
  readonly icon: IconName;
  readonly title: string;
  /** What this is and what one can do. */
  readonly children: ComponentChildren;
  /** Links or buttons. @default - none */
  readonly actions?: ComponentChildren;
}

/** What stands where there is nothing yet. */
export function Empty({ icon, title, children, actions }: EmptyProps) {
  return (
    <div class="empty">
      <span class="empty-icon">
        <Icon name={icon} />
      </span>
      <h2>{title}</h2>
      <p>{children}</p>
      {actions && <div class="empty-actions">{actions}</div>}
    </div>
  );
}
