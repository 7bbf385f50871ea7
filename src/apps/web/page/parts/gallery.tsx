import { useRef, useState } from 'preact/hooks';
import type { Medium } from '../state/types.ts';
import { Icon } from './icon.tsx';
import { MediumView } from './medium-view.tsx';

export interface GalleryProps {
  readonly media: readonly Medium[];
  /** Whose they are, such as `@ann`. */
  readonly by: string;
  readonly caption: string;
  /** Whether they are seen at once, and so are loaded first. @default false */
  readonly eager?: boolean;
  /** `cut` fills a square, `whole` shows all of each. */
  readonly fit: 'cut' | 'whole';
}

/** The pictures and videos of a post: side by side, one at a time. */
export function Gallery({ media, by, caption, eager = false, fit }: GalleryProps) {
  const track = useRef<HTMLUListElement>(null);
  const [shown, setShown] = useState(0);
  const last = media.length - 1;

  const look = () => {
    const list = track.current;
    if (list) setShown(Math.round(list.scrollLeft / list.clientWidth));
  };
  const go = (to: number) => {
    const list = track.current;
    // How it moves the style sheet says, by what the reader prefers.
    list?.scrollTo({ left: to * list.clientWidth });
  };

  const slides = media.map((medium, index) => (
    <MediumView
      key={medium.id}
      medium={medium}
      eager={eager && index === 0}
      fit={fit}
      label={labelOf(medium, index, media.length, by, caption)}
    />
  ));
  if (last < 1) return <div class={`gallery is-${fit}`}>{slides}</div>;
  return (
    <section class={`gallery is-${fit}`} aria-label={`${media.length} pictures and videos by ${by}`}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: whatever scrolls must be reached by keys */}
      <ul class="gallery-track" ref={track} onScroll={look} tabIndex={0} aria-label="Side by side">
        {slides.map((slide, index) => (
          <li key={slide.key} inert={index !== shown}>
            {slide}
          </li>
        ))}
      </ul>
      <Step kind="back" label="Previous picture" isOff={shown === 0} onClick={() => go(shown - 1)} />
      <Step kind="next" label="Next picture" isOff={shown === last} onClick={() => go(shown + 1)} />
      <p class="gallery-place" aria-live="polite">
        {shown + 1}
        <span class="unseen"> of </span>
        <span aria-hidden="true"> / </span>
        {media.length}
      </p>
    </section>
  );
}

interface StepProps {
  readonly kind: 'back' | 'next';
  readonly label: string;
  /** Whether there is nothing on that side; it keeps the focus of whoever came to the end by it. */
  readonly isOff: boolean;
  readonly onClick: () => void;
}

function Step({ kind, label, isOff, onClick }: StepProps) {
  return (
    <button
      type="button"
      class={`gallery-step is-${kind}`}
      aria-label={label}
      aria-disabled={isOff ? true : undefined}
      onClick={isOff ? undefined : onClick}
    >
      <Icon name={kind} />
    </button>
  );
}

/** Such as `Picture 1 of 3 by @ann: At the sea`. */
function labelOf({ type }: Medium, index: number, of: number, by: string, caption: string): string {
  const kind = type.startsWith('video/') ? 'Video' : 'Picture';
  const place = of > 1 ? ` ${index + 1} of ${of}` : '';
  const about = caption.length > 120 ? `${caption.slice(0, 119)}…` : caption;
  return `${kind}${place} by ${by}${about ? `: ${about}` : ''}`;
}
