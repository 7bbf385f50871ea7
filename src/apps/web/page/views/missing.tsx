import { Empty } from '../parts/empty.tsx';
import { Link } from '../routing/link.tsx';
import { useView } from '../routing/use-view.ts';

export function Missing() {
  useView('Nothing here');
  return (
    <>
      <h1 class="unseen" tabIndex={-1}>
        Nothing here
      </h1>
      <Empty
        icon="search"
        title="This page does not exist"
        actions={
          <Link class="button is-main" to={{ view: 'feed' }}>
            Go home
          </Link>
        }
      >
        The address may have been cut or mistyped.
      </Empty>
    </>
  );
}
