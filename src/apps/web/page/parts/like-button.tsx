import type { Post } from '../state/types.ts';
import { Icon } from './icon.tsx';
import { useInsta } from './use-insta.ts';

export function LikeButton({ post: { id, likedByMe } }: { readonly post: Post }) {
  const { posts } = useInsta();
  return (
    <button
      type="button"
      class="icon-button like-button"
      aria-label="Like"
      aria-pressed={likedByMe}
      onClick={() => void posts.like(id, !likedByMe)}
    >
      <Icon name="heart" filled={likedByMe} />
    </button>
  );
}
