import type { ComponentChildren, RefObject } from 'preact';
import { Icon } from '../parts/icon.tsx';

export interface FormViewProps {
  /** Its accessible name. */
  readonly label: string;
  readonly form: {
    readonly element: RefObject<HTMLFormElement | null>;
    readonly submit: (event: Event) => Promise<void>;
    readonly trouble: string | undefined;
  };
  readonly children: ComponentChildren;
}

/** A form whose mistakes the page shows itself, where the browser's own bubbles would vanish. */
export function Form({ label, form, children }: FormViewProps) {
  return (
    <form ref={form.element} class="form" aria-label={label} noValidate onSubmit={(event) => void form.submit(event)}>
      {form.trouble && <Alert>{form.trouble}</Alert>}
      {children}
    </form>
  );
}

/** What went wrong with the whole of something; it is read out at once. */
export function Alert({ children }: { readonly children: ComponentChildren }) {
  return (
    <div class="alert" role="alert">
      <Icon name="warning" />
      <p>{children}</p>
    </div>
  );
}
