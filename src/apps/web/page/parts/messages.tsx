import { useEffect, useState } from 'preact/hooks';
import type { Toast } from '../state/toasts.ts';
import { Icon } from './icon.tsx';
import { useInsta } from './use-insta.ts';
import { useStore } from './use-store.ts';

/** Milliseconds: long enough to read, longer where there is something to do. */
const stay = { plain: 5_000, trouble: 10_000 };

/** What happened beside what one is looking at; read out when it comes. */
export function Messages() {
  const { toasts } = useInsta();
  const shown = useStore(toasts.shown);
  return (
    <section class="messages" aria-label="Messages" aria-live="polite">
      {shown.map((toast) => (
        <Message key={toast.key} toast={toast} onDismiss={() => toasts.dismiss(toast.key)} />
      ))}
    </section>
  );
}

function Message({ toast: { text, tone, action }, onDismiss }: { toast: Toast; onDismiss: () => void }) {
  // Whoever is at it, by pointer or keys, has all the time they need.
  const [isHeld, setHeld] = useState(false);
  useEffect(() => {
    if (isHeld) return;
    const timer = setTimeout(onDismiss, stay[tone]);
    return () => clearTimeout(timer);
  }, [isHeld]);
  const hold = () => setHeld(true);
  const release = () => setHeld(false);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: to be held is no action, and the buttons in it are reached by keys
    <div class={`message is-${tone}`} onMouseEnter={hold} onMouseLeave={release} onFocusIn={hold} onFocusOut={release}>
      <p>{text}</p>
      {action && (
        <button
          type="button"
          class="message-action"
          onClick={() => {
            onDismiss();
            action.run();
          }}
        >
          {action.label}
        </button>
      )}
      <button type="button" class="icon-button" aria-label="Dismiss" onClick={onDismiss}>
        <Icon name="close" />
      </button>
    </div>
  );
}
