import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { messageOf } from '../format/message-of.ts';
import { Button } from '../forms/button.tsx';
import { Alert } from '../forms/form.tsx';
import type { PagedList } from '../state/paged-list.ts';
import { useStore } from './use-store.ts';

export interface PagedProps<Item> {
  readonly list: PagedList<Item>;
  /** What takes the room of the first page while it is under way. */
  readonly skeleton: ComponentChildren;
  /** What is shown where there is nothing. */
  readonly empty: ComponentChildren;
  readonly children: (items: readonly Item[]) => ComponentChildren;
}

/** A list page by page: the next one comes when its end is near, or by a button for whoever does not scroll. */
export function Paged<Item>({ list, skeleton, empty, children }: PagedProps<Item>) {
  const { items, status, next, error } = useStore(list.state);
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => void list.load(), [list, status === 'new']);
  const isMore = status === 'ready' && next !== null;
  useEffect(() => {
    if (!isMore || !end.current) return;
    const observer = new IntersectionObserver(
      (entries) => entries.some(({ isIntersecting }) => isIntersecting) && void list.more(),
      { rootMargin: '800px' },
    );
    observer.observe(end.current);
    return () => observer.disconnect();
  }, [list, isMore]);

  if (items.length === 0 && (status === 'new' || status === 'loading')) {
    return (
      <div key="first" aria-busy="true">
        <p class="unseen" role="status">
          Loading
        </p>
        {skeleton}
      </div>
    );
  }
  return (
    <>
      {items.length > 0 ? children(items) : isMore || status !== 'ready' ? null : empty}
      <div key="end" ref={end} class="paged-end">
        {status === 'failed' && <Alert>{messageOf(error)}</Alert>}
        {(next !== null || status === 'failed') && (
          <Button busy={status === 'loading'} onClick={() => void list.more()}>
            {status === 'failed' ? 'Try again' : status === 'loading' ? 'Loading…' : 'Load more'}
          </Button>
        )}
      </div>
    </>
  );
}
