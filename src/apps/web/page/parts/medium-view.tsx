import { useState } from 'preact/hooks';
import type { Medium } from '../state/types.ts';
import { Icon } from './icon.tsx';
import { addressOfOriginal, addressOfThumbnail } from './media-address.ts';

export interface MediumViewProps {
  readonly medium: Medium;
  /** Its text in place of the picture. */
  readonly label: string;
  readonly eager: boolean;
  readonly fit: 'cut' | 'whole';
}

/** One picture or video, in a box whose size does not depend on it: so nothing moves when it arrives. */
export function MediumView({ medium: { id, type }, label, eager, fit }: MediumViewProps) {
  const [isBroken, setBroken] = useState(false);
  if (isBroken) {
    return (
      <div class="medium is-broken">
        <Icon name="picture" />
        <p>{type.startsWith('video/') ? 'This video' : 'This picture'} cannot be shown at the moment.</p>
      </div>
    );
  }
  const broke = () => setBroken(true);
  if (type.startsWith('video/')) {
    return (
      // biome-ignore lint/a11y/useMediaCaption: Nobody can give captions with a video: there is no place for them.
      <video
        class="medium"
        // A moment after the start there is a picture also where the first one is black.
        src={`${addressOfOriginal(id)}#t=0.1`}
        aria-label={label}
        controls
        playsInline
        loop
        preload="metadata"
        onError={broke}
      />
    );
  }
  // Of what moves a thumbnail is only the first picture.
  const moves = type === 'image/gif' && fit === 'whole';
  return (
    <img
      class="medium"
      src={moves ? addressOfOriginal(id) : addressOfThumbnail(id, '1080')}
      srcset={moves ? undefined : `${addressOfThumbnail(id, '320')} 320w, ${addressOfThumbnail(id, '1080')} 1080w`}
      sizes="(min-width: 48rem) 36rem, 100vw"
      alt={label}
      width="1080"
      height="1080"
      decoding="async"
      loading={eager ? 'eager' : 'lazy'}
      fetchpriority={eager ? 'high' : undefined}
      draggable={false}
      onError={broke}
    />
  );
}
