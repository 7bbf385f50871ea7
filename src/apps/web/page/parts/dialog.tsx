import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { Icon } from './icon.tsx';

export interface DialogProps {
  readonly title: string;
  /** Called once it is closed, by whatever way; the focus is then back where it was. */
  readonly onClose: () => void;
  /** `sheet`: choices. `list`: as high as the window lets it. @default 'plain' */
  readonly kind?: 'plain' | 'sheet' | 'list';
  /** @param close closes the dialog */
  readonly children: (close: () => void) => ComponentChildren;
}

/** A modal dialog: the browser keeps the focus in it, closes it by Escape and gives the focus back. */
export function Dialog({ title, onClose, kind = 'plain', children }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    element.current?.showModal();
  }, []);
  const close = () => element.current?.close();
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape does for keys what a click beside it does for pointers.
    <dialog
      ref={element}
      class={`dialog is-${kind}`}
      aria-labelledby={id}
      onClose={onClose}
      onClick={(event) => event.target === element.current && close()}
    >
      <div class="dialog-box">
        <header class="dialog-head">
          <h2 id={id}>{title}</h2>
          <button type="button" class="icon-button" aria-label="Close" onClick={close}>
            <Icon name="close" />
          </button>
        </header>
        {children(close)}
      </div>
    </dialog>
  );
}
