import { FeedSkeleton } from '../parts/skeletons.tsx';
import { isForGuests, type Route } from '../routing/route.ts';
import { wasMember } from '../state/was-member.ts';
import { Frame } from './frame.tsx';

/** Until it is known who it is: the shape of what comes next, as far as that can be guessed. */
export function Waiting({ route }: { readonly route: Route }) {
  if (isForGuests(route) || !wasMember()) return <main class="alone" aria-busy="true" />;
  return (
    <Frame route={route} me={undefined}>
      <h1 class="unseen">Insta</h1>
      {route.view === 'feed' && <FeedSkeleton />}
    </Frame>
  );
}
