import { addressOfThumbnail } from './media-address.ts';

export interface AvatarProps {
  readonly person: { readonly handle: string | null; readonly name: string | null; readonly avatar: string | null };
  /** @default 'small' */
  readonly size?: 'tiny' | 'small' | 'medium' | 'large';
}

const tints = 6;

/** The picture of somebody, or their initial. Their name stands beside it, so it says nothing itself. */
export function Avatar({ person: { handle, name, avatar }, size = 'small' }: AvatarProps) {
  if (avatar) {
    return (
      <img
        class={`avatar is-${size}`}
        src={addressOfThumbnail(avatar, '320')}
        alt=""
        width="128"
        height="128"
        decoding="async"
      />
    );
  }
  const known = name ?? handle ?? '';
  const tint = [...known].reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0) % tints;
  return (
    <span class={`avatar is-${size} is-tint-${tint}`} aria-hidden="true">
      {[...known][0]?.toUpperCase() ?? '·'}
    </span>
  );
}
