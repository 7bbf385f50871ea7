/** Grey shapes of the size of what is on its way. */
function Line({ width }: { readonly width: 'short' | 'middle' | 'long' }) {
  return <span class={`bone is-line is-${width}`} />;
}

export function PersonSkeleton() {
  return (
    <div class="person-line">
      <span class="person-link">
        <span class="bone avatar is-small" />
        <span class="person-text">
          <Line width="middle" />
          <Line width="short" />
        </span>
      </span>
    </div>
  );
}

export function PeopleSkeleton({ count = 6 }: { readonly count?: number }) {
  return (
    <div class="people" aria-hidden="true">
      {Array.from({ length: count }, (_, index) => (
        <PersonSkeleton key={index} />
      ))}
    </div>
  );
}

export function PostSkeleton() {
  return (
    <div class="post" aria-hidden="true">
      <div class="post-head">
        <PersonSkeleton />
      </div>
      <div class="gallery is-cut bone" />
      <div class="post-foot">
        <div class="post-actions" />
        <Line width="long" />
        <Line width="middle" />
      </div>
    </div>
  );
}

export function SingleSkeleton() {
  return (
    <div class="post single" aria-hidden="true">
      <div class="post-head">
        <PersonSkeleton />
      </div>
      <div class="likable">
        <div class="gallery is-whole bone" />
      </div>
      <div class="single-actions post-actions" />
      <div class="single-talk">
        <Line width="long" />
        <PersonSkeleton />
        <PersonSkeleton />
      </div>
      <div class="single-form" />
    </div>
  );
}

export function FeedSkeleton() {
  return (
    <div class="feed">
      <PostSkeleton />
      <PostSkeleton />
    </div>
  );
}

export function TilesSkeleton() {
  return (
    <div class="tiles" aria-hidden="true">
      {Array.from({ length: 9 }, (_, index) => (
        <span key={index} class="bone tile" />
      ))}
    </div>
  );
}
