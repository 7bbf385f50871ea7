import { useState } from 'preact/hooks';
import { counted } from '../format/count.ts';
import { Link } from '../routing/link.tsx';
import type { Post } from '../state/types.ts';
import { Caption } from './caption.tsx';
import { Gallery } from './gallery.tsx';
import { Icon } from './icon.tsx';
import { LikeButton } from './like-button.tsx';
import { nameOf, PersonLine } from './person-line.tsx';
import { PostOptions } from './post-options.tsx';
import { useInsta } from './use-insta.ts';
import { When } from './when.tsx';

export interface PostCardProps {
  readonly post: Post;
  /** Whether it is seen at once. @default false */
  readonly eager?: boolean;
}

/** A post in the feed. */
export function PostCard({ post, eager = false }: PostCardProps) {
  const { id, author, caption, comments } = post;
  return (
    <article class="post" aria-label={`Post by ${nameOf(author)}`}>
      <PostHead post={post} />
      <LikableGallery post={post} eager={eager} fit="cut" />
      <div class="post-foot">
        <div class="post-actions">
          <LikeButton post={post} />
          <Link class="icon-button" to={{ view: 'post', id }} aria-label="Comment">
            <Icon name="comment" />
          </Link>
          <Likes post={post} />
        </div>
        <Caption author={author} text={caption} />
        {comments > 0 && (
          <Link class="post-comments" to={{ view: 'post', id }}>
            {comments === 1 ? 'View the comment' : `View all ${counted(comments, 'comment')}`}
          </Link>
        )}
      </div>
    </article>
  );
}

/** Who posted it and when, and what else can be done with it. */
export function PostHead({ post, onDelete }: { readonly post: Post; readonly onDelete?: () => void }) {
  return (
    <header class="post-head">
      <PersonLine person={post.author}>
        <Link class="post-when" to={{ view: 'post', id: post.id }}>
          <When time={post.createdAt} />
        </Link>
        <PostOptions post={post} onDelete={onDelete} />
      </PersonLine>
    </header>
  );
}

/** The pictures; a double click or tap likes them, as the button below does. */
export function LikableGallery({
  post,
  eager,
  fit,
}: {
  readonly post: Post;
  readonly eager: boolean;
  readonly fit: 'cut' | 'whole';
}) {
  const { posts } = useInsta();
  const [hearts, setHearts] = useState(0);
  const like = (event: MouseEvent) => {
    // On a button or on the controls of a video it means something else.
    if (event.target instanceof Element && event.target.closest('button, video')) return;
    setHearts(hearts + 1);
    void posts.like(post.id, true);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a short cut for the button
    <div class="likable" onDblClick={like}>
      <Gallery media={post.media} by={nameOf(post.author)} caption={post.caption} eager={eager} fit={fit} />
      {hearts > 0 && (
        <span key={hearts} class="burst">
          <Icon name="heart" filled />
        </span>
      )}
    </div>
  );
}

export function Likes({ post: { likes } }: { readonly post: Post }) {
  return <p class="post-likes">{likes === 0 ? 'No likes yet' : counted(likes, 'like')}</p>;
}
