import type { TargetedEvent } from 'preact';
import { useState } from 'preact/hooks';
import { fileTypes, mostFiles } from '../../forms/sort-files.ts';
import { Icon } from '../../parts/icon.tsx';

export interface FilePickerProps {
  /** Whether nothing is chosen yet: it then takes the room of the picture. */
  readonly isFirst: boolean;
  readonly onFiles: (files: readonly File[]) => void;
}

/** Files by a dialog, by drag and drop, or from the clipboard. */
export function FilePicker({ isFirst, onFiles }: FilePickerProps) {
  const [isOver, setOver] = useState(false);
  const choose = ({ currentTarget }: TargetedEvent<HTMLInputElement>) => {
    onFiles([...(currentTarget.files ?? [])]);
    // The same file may be chosen again after it was removed.
    currentTarget.value = '';
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    onFiles([...(event.dataTransfer?.files ?? [])]);
  };
  return (
    <label
      class={`picker ${isFirst ? 'is-first' : ''} ${isOver ? 'is-over' : ''}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <Icon name={isFirst ? 'picture' : 'plus'} />
      <span class="picker-text">{isFirst ? 'Choose pictures or videos' : 'Add more'}</span>
      {isFirst && (
        <span class="picker-hint" id="picker-hint">
          or drop them here. Up to {mostFiles}: JPEG, PNG, WebP, GIF, AVIF, MP4 or WebM.
        </span>
      )}
      <input
        type="file"
        class="unseen"
        aria-label="Add pictures or videos"
        aria-describedby={isFirst ? 'picker-hint' : undefined}
        multiple
        accept={fileTypes.join()}
        onChange={choose}
      />
    </label>
  );
}
