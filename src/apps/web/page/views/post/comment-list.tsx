import { useState } from 'preact/hooks';
import { Avatar } from '../../parts/avatar.tsx';
import { Icon } from '../../parts/icon.tsx';
import { Paged } from '../../parts/paged.tsx';
import { Question } from '../../parts/question.tsx';
import { RichText } from '../../parts/rich-text.tsx';
import { PeopleSkeleton } from '../../parts/skeletons.tsx';
import { useInsta, useMe } from '../../parts/use-insta.ts';
import { useKeptFocus } from '../../parts/use-kept-focus.ts';
import { When } from '../../parts/when.tsx';
import { Link } from '../../routing/link.tsx';
import type { ShownComment } from '../../state/comments.ts';
import type { Post } from '../../state/types.ts';

/** The comments on a post, the oldest first. */
export function CommentList({ post }: { readonly post: Post }) {
  const { comments } = useInsta();
  return (
    <section aria-labelledby="comments">
      <h2 id="comments" class="unseen">
        Comments
      </h2>
      <Paged
        list={comments.of(post.id)}
        skeleton={<PeopleSkeleton count={Math.min(4, Math.max(1, post.comments))} />}
        empty={<p class="comments-empty">No comments yet. Say something kind.</p>}
      >
        {(items) => <Comments post={post} comments={items} />}
      </Paged>
    </section>
  );
}

function Comments({ post, comments }: { post: Post; comments: readonly ShownComment[] }) {
  const list = useKeptFocus<HTMLOListElement>();
  return (
    <ol ref={list} class="comments" aria-label="Comments">
      {comments.map((comment) => (
        <li key={comment.id} class={comment.pending ? 'is-pending' : undefined}>
          <CommentView post={post} comment={comment} />
        </li>
      ))}
    </ol>
  );
}

function CommentView({ post, comment }: { post: Post; comment: ShownComment }) {
  const { comments } = useInsta();
  const me = useMe();
  const [isAsked, setAsked] = useState(false);
  const { author, text, createdAt, pending } = comment;
  const mayDelete = !pending && (author.id === me?.id || post.author.id === me?.id);
  return (
    <div class="comment">
      <Avatar person={author} />
      <div class="comment-body">
        <p class="comment-text">
          {author.handle ? (
            <Link class="caption-author" to={{ view: 'person', handle: author.handle }}>
              {author.handle}
            </Link>
          ) : (
            <span class="caption-author">somebody</span>
          )}{' '}
          <RichText text={text} />
        </p>
        <p class="comment-when">{pending ? 'Posting…' : <When time={createdAt} />}</p>
      </div>
      {mayDelete && (
        <button type="button" class="icon-button" aria-label="Delete comment" onClick={() => setAsked(true)}>
          <Icon name="trash" />
        </button>
      )}
      {isAsked && (
        <Question
          title="Delete this comment?"
          text="Nobody will see it any more."
          yes="Delete"
          no="Keep"
          onClose={() => setAsked(false)}
          onYes={() => void comments.remove(post.id, comment.id)}
        />
      )}
    </div>
  );
}
