import { useEffect, useState } from 'preact/hooks';
import { Caption } from '../../parts/caption.tsx';
import { LikeButton } from '../../parts/like-button.tsx';
import { nameOf } from '../../parts/person-line.tsx';
import { LikableGallery, Likes, PostHead } from '../../parts/post-card.tsx';
import { SingleSkeleton } from '../../parts/skeletons.tsx';
import { Trouble } from '../../parts/trouble.tsx';
import { useInsta } from '../../parts/use-insta.ts';
import { useStore } from '../../parts/use-store.ts';
import { useNavigation } from '../../routing/use-navigation.ts';
import { useView } from '../../routing/use-view.ts';
import { CommentForm } from './comment-form.tsx';
import { CommentList } from './comment-list.tsx';

/** A post with its comments. */
export function PostView({ id }: { readonly id: string }) {
  const { posts } = useInsta();
  const navigation = useNavigation();
  const post = useStore(posts.known.all, (all) => all.get(id));
  const [error, setError] = useState<unknown>();
  const read = () => {
    setError(undefined);
    posts.read(id).catch(setError);
  };
  // What is known from a list is shown at once, and may be old.
  useEffect(read, [id]);
  const name = post ? `Post by ${nameOf(post.author)}` : 'Post';
  useView(name);

  const heading = (
    <h1 class="unseen" tabIndex={-1}>
      {name}
    </h1>
  );
  if (error !== undefined) {
    return (
      <>
        {heading}
        <Trouble error={error} missing="This post is not there. It may have been deleted." onRetry={read} />
      </>
    );
  }
  if (!post) {
    return (
      <div aria-busy="true">
        {heading}
        <SingleSkeleton />
      </div>
    );
  }
  const { author, caption } = post;
  return (
    <>
      {heading}
      <article class="post single" aria-label={name}>
        <PostHead post={post} onDelete={() => navigation.go('/', { replace: true })} />
        <LikableGallery post={post} eager fit="whole" />
        <div class="single-actions post-actions">
          <LikeButton post={post} />
          <Likes post={post} />
        </div>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: on a wide window it scrolls, and must be reached by keys */}
        <section class="single-talk" tabIndex={0} aria-label="Caption and comments">
          <Caption author={author} text={caption} />
          <CommentList post={post} />
        </section>
        <div class="single-form">
          <CommentForm post={id} />
        </div>
      </article>
    </>
  );
}
