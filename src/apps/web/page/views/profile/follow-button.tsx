import { useInsta } from '../../parts/use-insta.ts';
import type { Profile } from '../../state/types.ts';

export function FollowButton({ person: { handle, followedByMe, followsMe } }: { readonly person: Profile }) {
  const { people } = useInsta();
  const word = followsMe ? 'Follow back' : 'Follow';
  return (
    <button
      type="button"
      class={`button ${followedByMe ? 'is-plain' : 'is-main'}`}
      aria-pressed={followedByMe}
      onClick={() => void people.follow(handle, !followedByMe)}
    >
      {followedByMe ? 'Following' : word}
    </button>
  );
}
