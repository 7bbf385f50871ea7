import type { ComponentChildren } from 'preact';
import { Avatar } from '../parts/avatar.tsx';
import { Icon } from '../parts/icon.tsx';
import { Logo } from '../parts/logo.tsx';
import { Link } from '../routing/link.tsx';
import type { Route } from '../routing/route.ts';
import type { Profile } from '../state/types.ts';

export interface FrameProps {
  readonly route: Route;
  /** Undefined while that is not known: the frame has its size already. */
  readonly me: Profile | undefined;
  readonly children: ComponentChildren;
}

/** What is around every view: the way to all others. */
export function Frame({ route, me, children }: FrameProps) {
  const current = (is: boolean) => (is ? 'page' : undefined);
  const isMine = route.view === 'person' && route.handle === me?.handle;
  return (
    <div class="frame">
      <a class="skip" href="#content">
        Skip to content
      </a>
      <header class="bar">
        <Link class="bar-brand" to={{ view: 'feed' }} aria-label="Insta">
          <Logo />
        </Link>
        <nav class="nav" aria-label="Main">
          <Link class="nav-link" to={{ view: 'feed' }} aria-current={current(route.view === 'feed')}>
            <Icon name="home" />
            <span>Home</span>
          </Link>
          <Link class="nav-link" to={{ view: 'search', prefix: '' }} aria-current={current(route.view === 'search')}>
            <Icon name="search" />
            <span>Search</span>
          </Link>
          <Link class="nav-link is-new" to={{ view: 'new' }} aria-current={current(route.view === 'new')}>
            <Icon name="plus" />
            <span>New post</span>
          </Link>
          <Link
            class="nav-link"
            to={me ? { view: 'person', handle: me.handle } : { view: 'feed' }}
            aria-current={current(isMine)}
          >
            {me ? <Avatar person={me} size="tiny" /> : <Icon name="person" />}
            <span>Profile</span>
          </Link>
          <Link class="nav-link" to={{ view: 'settings' }} aria-current={current(route.view === 'settings')}>
            <Icon name="sliders" />
            <span>Settings</span>
          </Link>
        </nav>
      </header>
      <main id="content" class="content" tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}
