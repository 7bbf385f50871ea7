import { useEffect, useRef, useState } from 'preact/hooks';
import { Empty } from '../parts/empty.tsx';
import { Icon } from '../parts/icon.tsx';
import { Paged } from '../parts/paged.tsx';
import { PostCard } from '../parts/post-card.tsx';
import { FeedSkeleton } from '../parts/skeletons.tsx';
import { useInsta } from '../parts/use-insta.ts';
import { useKeptFocus } from '../parts/use-kept-focus.ts';
import { useStore } from '../parts/use-store.ts';
import { Link } from '../routing/link.tsx';
import { useView } from '../routing/use-view.ts';

/** Milliseconds between two looks for newer posts. */
const lookAgain = 60_000;

/** What those whom one follows have posted, and oneself. */
export function Feed() {
  const { posts } = useInsta();
  const heading = useRef<HTMLHeadingElement>(null);
  useView('Home');
  return (
    <>
      <h1 ref={heading} class="unseen" tabIndex={-1}>
        Home
      </h1>
      <News onShow={() => heading.current?.focus({ preventScroll: true })} />
      <Paged list={posts.feed} skeleton={<FeedSkeleton />} empty={<Quiet />}>
        {(ids) => <FeedPosts ids={ids} />}
      </Paged>
      <End />
    </>
  );
}

function FeedPosts({ ids }: { readonly ids: readonly string[] }) {
  const { posts } = useInsta();
  const known = useStore(posts.known.all);
  const list = useKeptFocus<HTMLElement>();
  return (
    <section ref={list} class="feed" aria-label="Posts">
      {ids.map((id, index) => {
        const post = known.get(id);
        return post && <PostCard key={id} post={post} eager={index < 2} />;
      })}
    </section>
  );
}

/** Says that there are newer posts, and leaves it to the reader when to see them: nothing moves under their hands. */
function News({ onShow }: { readonly onShow: () => void }) {
  const { posts } = useInsta();
  const [isNew, setNew] = useState(false);
  useEffect(() => {
    const look = () => {
      const { status } = posts.feed.state.get();
      if (status !== 'ready' || document.hidden) return;
      // The next look may find out.
      posts.feed.hasNews().then(setNew, () => undefined);
    };
    look();
    const timer = setInterval(look, lookAgain);
    return () => clearInterval(timer);
  }, []);
  const show = () => {
    setNew(false);
    scrollTo({ top: 0 });
    // The button is gone then.
    onShow();
    void posts.feed.reload();
  };
  return (
    <div class="news" aria-live="polite">
      {isNew && (
        <button type="button" class="button is-main" onClick={show}>
          <Icon name="again" />
          Show new posts
        </button>
      )}
    </div>
  );
}

function Quiet() {
  return (
    <Empty
      icon="picture"
      title="Your feed is quiet"
      actions={
        <>
          <Link class="button is-main" to={{ view: 'search', prefix: '' }}>
            Find people
          </Link>
          <Link class="button is-plain" to={{ view: 'new' }}>
            Share a picture
          </Link>
        </>
      }
    >
      What you and the people you follow share appears here, the newest first. Nothing is sorted for you, and nothing is
      in between.
    </Empty>
  );
}

function End() {
  const { posts } = useInsta();
  const { items, status, next } = useStore(posts.feed.state);
  if (items.length === 0 || status !== 'ready' || next !== null) return null;
  return <p class="feed-end">You have seen everything.</p>;
}
