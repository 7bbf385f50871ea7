import { messageOf } from '../../format/message-of.ts';
import { size } from '../../format/size.ts';
import { Button } from '../../forms/button.tsx';
import { FieldError } from '../../forms/field-error.tsx';
import { Icon, type IconName } from '../../parts/icon.tsx';
import { useInsta } from '../../parts/use-insta.ts';
import { useKeptFocus } from '../../parts/use-kept-focus.ts';
import type { Upload } from '../../state/upload-queue.ts';

export interface ChosenFilesProps {
  readonly uploads: readonly Upload[];
  /** Whether they stay as they are, as the post is being made of them. */
  readonly fixed: boolean;
}

/** The files of a post that is being written, in its order. */
export function ChosenFiles({ uploads, fixed }: ChosenFilesProps) {
  const list = useKeptFocus<HTMLUListElement>();
  return (
    <ul ref={list} class="chosen" aria-label="Chosen files">
      {uploads.map((upload, index) => (
        <li key={upload.key}>
          <ChosenFile upload={upload} isFirst={index === 0} isLast={index === uploads.length - 1} fixed={fixed} />
        </li>
      ))}
    </ul>
  );
}

interface ChosenFileProps {
  readonly upload: Upload;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly fixed: boolean;
}

function ChosenFile({ upload, isFirst, isLast, fixed }: ChosenFileProps) {
  const { files } = useInsta().draft;
  const { key, name, kind, preview, status, error } = upload;
  return (
    <div class={`chosen-file is-${status}`}>
      <div class="chosen-preview">
        {kind === 'video' ? (
          <video src={preview} muted playsInline preload="metadata" aria-label={`Preview of ${name}`} />
        ) : (
          <img src={preview} alt={`Preview of ${name}`} />
        )}
      </div>
      <div class="chosen-text">
        <p class="chosen-name">{name}</p>
        {status === 'failed' ? (
          <FieldError>{messageOf(error)}</FieldError>
        ) : (
          <p class="chosen-state">
            <Progress upload={upload} />
          </p>
        )}
        <div class="chosen-buttons">
          {status === 'failed' && <Button onClick={() => files.retry(key)}>Try again</Button>}
          <Change
            label={`Move ${name} earlier`}
            icon="up"
            isOff={fixed || isFirst}
            onClick={() => files.move(key, -1)}
          />
          <Change label={`Move ${name} later`} icon="down" isOff={fixed || isLast} onClick={() => files.move(key, 1)} />
          <Change label={`Remove ${name}`} icon="close" isOff={fixed} onClick={() => files.remove(key)} />
        </div>
      </div>
    </div>
  );
}

interface ChangeProps {
  readonly label: string;
  readonly icon: IconName;
  /** Whether it does nothing for now; it keeps its place and the focus. */
  readonly isOff: boolean;
  readonly onClick: () => void;
}

function Change({ label, icon, isOff, onClick }: ChangeProps) {
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={label}
      aria-disabled={isOff ? true : undefined}
      onClick={isOff ? undefined : onClick}
    >
      <Icon name={icon} />
    </button>
  );
}

function Progress({ upload: { name, size: bytes, status, progress } }: { upload: Upload }) {
  if (status === 'sent') {
    return (
      <>
        <Icon name="check" /> {size(bytes)}
      </>
    );
  }
  if (status === 'waiting') return <>Waiting · {size(bytes)}</>;
  // All is sent, but not looked at by the server.
  const isLate = progress >= 1;
  return (
    <>
      <progress max={100} value={isLate ? undefined : Math.round(progress * 100)} aria-label={`Sending ${name}`} />
      <span class="chosen-share">{isLate ? 'Checking…' : `${Math.round(progress * 100)} %`}</span>
    </>
  );
}
