import { Button } from '../forms/button.tsx';
import { Dialog } from './dialog.tsx';

export interface QuestionProps {
  readonly title: string;
  /** What happens then. */
  readonly text: string;
  /** The word on the button that does it, and on the one that does not. */
  readonly yes: string;
  readonly no: string;
  readonly onYes: () => void;
  readonly onClose: () => void;
}

/** Asks before something that cannot be undone. */
export function Question({ title, text, yes, no, onYes, onClose }: QuestionProps) {
  return (
    <Dialog title={title} onClose={onClose}>
      {(close) => (
        <>
          <p>{text}</p>
          <div class="dialog-buttons">
            <Button autofocus onClick={close}>
              {no}
            </Button>
            <Button
              look="danger"
              onClick={() => {
                close();
                onYes();
              }}
            >
              {yes}
            </Button>
          </div>
        </>
      )}
    </Dialog>
  );
}
