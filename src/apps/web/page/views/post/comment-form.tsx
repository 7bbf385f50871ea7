import { useRef } from 'preact/hooks';
import { Button } from '../../forms/button.tsx';
import { limits } from '../../forms/checks.ts';
import { useInsta, useMe } from '../../parts/use-insta.ts';
import { useStore } from '../../parts/use-store.ts';

/** A comment is shown before the server has it; where it refuses, the text is back here. What is begun stays while one looks at something else. */
export function CommentForm({ post }: { readonly post: string }) {
  const { comments } = useInsta();
  const me = useMe();
  const input = useRef<HTMLTextAreaElement>(null);
  const text = useStore(comments.written, (written) => written.get(post)?.text ?? '');
  const { most } = limits.comment;
  const left = most - text.trim().length;
  const isEmpty = text.trim() === '';

  const send = (event: Event) => {
    event.preventDefault();
    if (isEmpty || left < 0 || !me) return;
    input.current?.focus();
    void comments.add(post, text.trim(), me);
  };
  // Under a finger the Enter key is for the next line, as there is no Shift in reach.
  const sendByKey = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || matchMedia('(pointer: coarse)').matches) return;
    send(event);
  };
  return (
    <form class="comment-form" aria-label="Comment" onSubmit={send}>
      <textarea
        ref={input}
        name="comment"
        aria-label="Add a comment"
        placeholder="Add a comment"
        rows={1}
        value={text}
        aria-invalid={left < 0 ? true : undefined}
        aria-describedby={left < 100 ? 'comment-left' : undefined}
        onInput={(event) => comments.write(post, event.currentTarget.value)}
        onKeyDown={sendByKey}
      />
      <Button
        look="quiet"
        type="submit"
        aria-label="Post comment"
        aria-disabled={isEmpty || left < 0 ? true : undefined}
      >
        Post
      </Button>
      {left < 100 && (
        <p id="comment-left" class={`field-counter ${left < 0 ? 'is-over' : ''}`}>
          {left < 0 ? `${-left} characters too many` : `${left} characters left`}
        </p>
      )}
    </form>
  );
}
