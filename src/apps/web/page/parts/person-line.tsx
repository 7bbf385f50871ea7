import type { ComponentChildren } from 'preact';
import { Link } from '../routing/link.tsx';
import type { Author } from '../state/types.ts';
import { Avatar } from './avatar.tsx';

export interface PersonLineProps {
  readonly person: Author;
  /** What stands below the name. @default - the handle */
  readonly children?: ComponentChildren;
}

/** Somebody in a list or above a post. Whoever has no profile, such as a deleted account, has no link. */
export function PersonLine({ person, children }: PersonLineProps) {
  const { handle, name } = person;
  const text = (
    <span class="person-text">
      <span class="person-name">{name ?? 'Somebody'}</span>
      {handle && <span class="person-handle">@{handle}</span>}
    </span>
  );
  return (
    <div class="person-line">
      {handle ? (
        <Link class="person-link" to={{ view: 'person', handle }}>
          <Avatar person={person} />
          {text}
        </Link>
      ) : (
        <span class="person-link">
          <Avatar person={person} />
          {text}
        </span>
      )}
      {children}
    </div>
  );
}

/** What somebody is called where only a word has room. */
export function nameOf({ handle }: Pick<Author, 'handle'>): string {
  return handle ? `@${handle}` : 'somebody';
}
