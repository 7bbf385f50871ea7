import { isMissing, messageOf } from '../format/message-of.ts';
import { Button } from '../forms/button.tsx';
import { Link } from '../routing/link.tsx';
import { Empty } from './empty.tsx';

export interface TroubleProps {
  readonly error: unknown;
  /** What to say where what was asked for is not there. */
  readonly missing: string;
  readonly onRetry: () => void;
}

/** In place of a view that cannot be shown. */
export function Trouble({ error, missing, onRetry }: TroubleProps) {
  if (isMissing(error)) {
    return (
      <Empty
        icon="search"
        title="Nothing here"
        actions={
          <Link class="button is-main" to={{ view: 'feed' }}>
            Go home
          </Link>
        }
      >
        {missing}
      </Empty>
    );
  }
  return (
    <div role="alert">
      <Empty
        icon="warning"
        title="That did not work"
        actions={
          <Button look="main" onClick={onRetry}>
            Try again
          </Button>
        }
      >
        {messageOf(error)}
      </Empty>
    </div>
  );
}
