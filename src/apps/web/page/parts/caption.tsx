import { useState } from 'preact/hooks';
import { Link } from '../routing/link.tsx';
import type { Author } from '../state/types.ts';
import { RichText } from './rich-text.tsx';

/** A longer one is cut at first, so that it does not push the next post away. */
const cutAt = 180;

/** What the author says of a post; nothing where that is nothing. */
export function Caption({ author, text }: { readonly author: Author; readonly text: string }) {
  const [isWhole, setWhole] = useState(text.length <= cutAt + 40);
  if (!text) return null;
  return (
    <p class="caption">
      {author.handle && (
        <Link class="caption-author" to={{ view: 'person', handle: author.handle }}>
          {author.handle}
        </Link>
      )}{' '}
      <RichText text={isWhole ? text : `${text.slice(0, cutAt).trimEnd()}…`} />
      {!isWhole && (
        <button type="button" class="text-button" aria-label="Show the whole caption" onClick={() => setWhole(true)}>
          more
        </button>
      )}
    </p>
  );
}
