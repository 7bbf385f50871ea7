import { addressOf } from '../routing/route.ts';
import type { Post } from '../state/types.ts';
import { Options } from './options.tsx';
import { useInsta, useMe } from './use-insta.ts';

export interface PostOptionsProps {
  readonly post: Post;
  /** Called as soon as it is to be deleted. @default - nothing */
  readonly onDelete?: (() => void) | undefined;
}

/** What is seldom done with a post. */
export function PostOptions({ post, onDelete }: PostOptionsProps) {
  const { posts } = useInsta();
  const isMine = post.author.id === useMe()?.id;
  return (
    <Options
      title="Post options"
      label="Post options"
      look="post-options"
      address={addressOf({ view: 'post', id: post.id })}
      grave={
        isMine
          ? {
              icon: 'trash',
              label: 'Delete post',
              question: {
                title: 'Delete this post?',
                text: 'Its pictures, videos, likes and comments go with it, for ever.',
                yes: 'Delete',
                no: 'Keep',
                onYes: () => {
                  onDelete?.();
                  void posts.remove(post);
                },
              },
            }
          : undefined
      }
    />
  );
}
