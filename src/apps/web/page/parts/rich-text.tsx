import { textParts } from '../format/text-parts.ts';
import { Link } from '../routing/link.tsx';

/** A text by somebody: who is named in it is a link. */
export function RichText({ text }: { readonly text: string }) {
  return (
    <>
      {textParts(text).map(({ text: part, handle }) =>
        handle ? (
          <Link class="mention" to={{ view: 'person', handle }}>
            {part}
          </Link>
        ) : (
          part
        ),
      )}
    </>
  );
}
