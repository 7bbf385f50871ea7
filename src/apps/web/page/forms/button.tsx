import type { ComponentChildren, JSX } from 'preact';

export interface ButtonProps extends Omit<JSX.IntrinsicElements['button'], 'disabled'> {
  /** @default 'plain' */
  readonly look?: 'main' | 'plain' | 'quiet' | 'danger';
  /** Whether what it does is under way: it then does nothing, but keeps the focus. @default false */
  readonly busy?: boolean;
  readonly children: ComponentChildren;
}

export function Button({ look = 'plain', busy = false, type = 'button', children, onClick, ...rest }: ButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      class={`button is-${look} ${rest.class ?? ''}`}
      aria-disabled={busy || rest['aria-disabled'] ? true : undefined}
      aria-busy={busy ? true : undefined}
      onClick={busy ? undefined : onClick}
    >
      {children}
    </button>
  );
}
