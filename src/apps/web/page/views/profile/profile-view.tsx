import { useEffect, useState } from 'preact/hooks';
import { Button } from '../../forms/button.tsx';
import { Empty } from '../../parts/empty.tsx';
import { TilesSkeleton } from '../../parts/skeletons.tsx';
import { Trouble } from '../../parts/trouble.tsx';
import { useInsta, useMe } from '../../parts/use-insta.ts';
import { useStore } from '../../parts/use-store.ts';
import { useView } from '../../routing/use-view.ts';
import type { Profile } from '../../state/types.ts';
import { PostTiles } from './post-tiles.tsx';
import { ProfileHead, ProfileHeadSkeleton } from './profile-head.tsx';

/** Somebody and what they have posted. */
export function ProfileView({ handle }: { readonly handle: string }) {
  const { people } = useInsta();
  const me = useMe();
  const person = useStore(people.known.all, (all) => all.get(handle));
  const [error, setError] = useState<unknown>();
  const read = () => {
    setError(undefined);
    people.read(handle).catch(setError);
  };
  useEffect(read, [handle]);
  useView(person ? `${person.name} (@${handle})` : `@${handle}`);

  if (error !== undefined) {
    return (
      <>
        <h1 class="unseen" tabIndex={-1}>
          @{handle}
        </h1>
        <Trouble error={error} missing={`There is nobody called @${handle}, or not any more.`} onRetry={read} />
      </>
    );
  }
  if (!person) {
    return (
      <div class="page-wide" aria-busy="true">
        <ProfileHeadSkeleton handle={handle} />
        <TilesSkeleton />
      </div>
    );
  }
  return (
    <div class="page-wide">
      <ProfileHead person={person} isMe={person.id === me?.id} />
      {person.blockedByMe ? <Blocked person={person} /> : <PostTiles person={person} isMe={person.id === me?.id} />}
    </div>
  );
}

function Blocked({ person }: { person: Profile }) {
  const { people } = useInsta();
  return (
    <Empty
      icon="block"
      title={`You have blocked @${person.handle}`}
      actions={<Button onClick={() => void people.unblock(person)}>Unblock @{person.handle}</Button>}
    >
      Neither of you sees what the other posts or comments.
    </Empty>
  );
}
