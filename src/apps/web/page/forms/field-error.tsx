import type { ComponentChildren } from 'preact';

/** What is wrong with a part of a form; it is read out at once. @param id for what it describes */
export function FieldError({ id, children }: { readonly id?: string; readonly children: ComponentChildren }) {
  return (
    <p id={id} class="field-error" role="alert">
      {children}
    </p>
  );
}
