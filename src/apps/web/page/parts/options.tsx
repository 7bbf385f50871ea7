import { useState } from 'preact/hooks';
import { copyAddress } from './copy-address.ts';
import { Dialog } from './dialog.tsx';
import { Icon, type IconName } from './icon.tsx';
import { Question, type QuestionProps } from './question.tsx';
import { useInsta } from './use-insta.ts';

/** What is grave enough to be asked about before it is done. */
export interface GraveChoice {
  readonly icon: IconName;
  readonly label: string;
  readonly question: Omit<QuestionProps, 'onClose'>;
  /** Takes it back where it is done already, in place of the question. @default - it is not done */
  readonly undo?: (() => void) | undefined;
}

export interface OptionsProps {
  readonly title: string;
  /** What the button is called. */
  readonly label: string;
  /** The class of the button, beside that of every button with an icon. */
  readonly look: string;
  /** What can be copied. */
  readonly address: string;
  /** @default - the address is all there is */
  readonly grave?: GraveChoice | undefined;
}

/** The button for what is seldom done with something, and its dialogs. */
export function Options({ title, label, look, address, grave }: OptionsProps) {
  const { toasts } = useInsta();
  const [open, setOpen] = useState<'options' | 'question'>();
  // What comes after the options, once they are closed and the focus is back on the button.
  const [wantsQuestion, setWantsQuestion] = useState(false);
  return (
    <>
      <button
        type="button"
        class={`icon-button ${look}`}
        aria-label={label}
        aria-haspopup="dialog"
        onClick={() => setOpen('options')}
      >
        <Icon name="more" />
      </button>
      {open === 'options' && (
        <Dialog
          title={title}
          kind="sheet"
          onClose={() => {
            setOpen(wantsQuestion ? 'question' : undefined);
            setWantsQuestion(false);
          }}
        >
          {(close) => (
            <div class="choices">
              <button
                type="button"
                class="choice"
                onClick={() => {
                  close();
                  void copyAddress(address, toasts);
                }}
              >
                <Icon name="link" />
                Copy link
              </button>
              {grave && (
                <button
                  type="button"
                  class={`choice ${grave.undo ? '' : 'is-danger'}`}
                  onClick={() => {
                    if (grave.undo) grave.undo();
                    else setWantsQuestion(true);
                    close();
                  }}
                >
                  <Icon name={grave.icon} />
                  {grave.label}
                </button>
              )}
            </div>
          )}
        </Dialog>
      )}
      {open === 'question' && grave && <Question {...grave.question} onClose={() => setOpen(undefined)} />}
    </>
  );
}
