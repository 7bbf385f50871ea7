import type { TargetedEvent } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { imageTypes } from '../../../../media/contract.ts';
import { messageOf } from '../../format/message-of.ts';
import { Button } from '../../forms/button.tsx';
import { FieldError } from '../../forms/field-error.tsx';
import { sortFiles } from '../../forms/sort-files.ts';
import { Avatar, type AvatarProps } from '../../parts/avatar.tsx';
import { useInsta } from '../../parts/use-insta.ts';

export interface AvatarPickerProps {
  readonly person: AvatarProps['person'];
  /** @param id of the media service; null for none */
  readonly onPicture: (id: string | null) => void;
}

const pictureTypes: readonly string[] = imageTypes;

/** Another picture of oneself. It is sent at once, and shown to others once the profile is saved. */
export function AvatarPicker({ person, onPicture }: AvatarPickerProps) {
  const { api } = useInsta();
  const [progress, setProgress] = useState<number>();
  const isSending = progress !== undefined;
  const input = useRef<HTMLInputElement>(null);
  const [trouble, setTrouble] = useState<string>();

  const choose = async ({ currentTarget }: TargetedEvent<HTMLInputElement>) => {
    const { taken, troubles } = sortFiles([...(currentTarget.files ?? [])], 0);
    currentTarget.value = '';
    setTrouble(troubles[0]);
    const [file] = taken;
    if (!file) return;
    if (!pictureTypes.includes(file.type)) {
      setTrouble('Choose a picture: a video cannot stand for you.');
      return;
    }
    setProgress(0);
    try {
      const { id } = await api.media.upload({ body: file }, { onProgress: setProgress });
      onPicture(id);
    } catch (error) {
      setTrouble(messageOf(error));
    } finally {
      setProgress(undefined);
    }
  };
  return (
    <div class="avatar-picker">
      <Avatar person={person} size="medium" />
      <div class="avatar-choices">
        <label class="button is-plain" aria-disabled={isSending ? true : undefined}>
          Change picture
          <input
            ref={input}
            type="file"
            class="unseen"
            accept={pictureTypes.join()}
            aria-disabled={isSending ? true : undefined}
            onClick={(event) => isSending && event.preventDefault()}
            onChange={(event) => void choose(event)}
          />
        </label>
        {person.avatar && !isSending && (
          <Button
            look="quiet"
            onClick={() => {
              onPicture(null);
              // This button is gone then.
              input.current?.focus();
            }}
          >
            Remove picture
          </Button>
        )}
        {isSending && <progress max={100} value={Math.round(progress * 100)} aria-label="Sending the picture" />}
        {trouble && <FieldError>{trouble}</FieldError>}
      </div>
    </div>
  );
}
