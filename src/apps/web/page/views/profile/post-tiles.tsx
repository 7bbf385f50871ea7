import { Empty } from '../../parts/empty.tsx';
import { Icon } from '../../parts/icon.tsx';
import { addressOfOriginal, addressOfThumbnail } from '../../parts/media-address.ts';
import { Paged } from '../../parts/paged.tsx';
import { TilesSkeleton } from '../../parts/skeletons.tsx';
import { useInsta } from '../../parts/use-insta.ts';
import { useStore } from '../../parts/use-store.ts';
import { Link } from '../../routing/link.tsx';
import type { Post, Profile } from '../../state/types.ts';

/** What somebody has posted, as small pictures. */
export function PostTiles({ person, isMe }: { readonly person: Profile; readonly isMe: boolean }) {
  const { posts } = useInsta();
  const known = useStore(posts.known.all);
  return (
    <section aria-labelledby="posts">
      <h2 id="posts" class="unseen">
        Posts
      </h2>
      <Paged
        list={posts.ofAuthor(person.id)}
        skeleton={<TilesSkeleton />}
        empty={<Nothing person={person} isMe={isMe} />}
      >
        {(ids) => (
          <ul class="tiles" aria-label="Posts">
            {ids.map((id, index) => {
              const post = known.get(id);
              return post && <Tile key={id} post={post} handle={person.handle} eager={index < 6} />;
            })}
          </ul>
        )}
      </Paged>
    </section>
  );
}

function Tile({ post: { id, caption, media }, handle, eager }: { post: Post; handle: string; eager: boolean }) {
  const [first] = media;
  const isVideo = first?.type.startsWith('video/');
  const about = caption.length > 80 ? `${caption.slice(0, 79)}…` : caption;
  return (
    <li>
      <Link class="tile" to={{ view: 'post', id }} aria-label={`Post by @${handle}${about ? `: ${about}` : ''}`}>
        {first &&
          (isVideo ? (
            <video src={`${addressOfOriginal(first.id)}#t=0.1`} preload="metadata" muted playsInline tabIndex={-1} />
          ) : (
            <img
              src={addressOfThumbnail(first.id, '320')}
              srcset={`${addressOfThumbnail(first.id, '320')} 320w, ${addressOfThumbnail(first.id, '1080')} 1080w`}
              sizes="(min-width: 60rem) 18rem, 33vw"
              alt=""
              width="320"
              height="320"
              loading={eager ? 'eager' : 'lazy'}
              decoding="async"
            />
          ))}
        {(isVideo || media.length > 1) && (
          <span class="tile-mark">
            <Icon name={isVideo ? 'play' : 'stack'} />
          </span>
        )}
      </Link>
    </li>
  );
}

function Nothing({ person, isMe }: { person: Profile; isMe: boolean }) {
  if (isMe) {
    return (
      <Empty
        icon="picture"
        title="Share your first picture"
        actions={
          <Link class="button is-main" to={{ view: 'new' }}>
            New post
          </Link>
        }
      >
        What you post stands here, and in the feeds of those who follow you.
      </Empty>
    );
  }
  return (
    <Empty icon="picture" title="No posts yet">
      Once @{person.handle} shares something, you find it here.
    </Empty>
  );
}
