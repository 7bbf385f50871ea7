import type { Route } from '../routing/route.ts';
import { Feed } from '../views/feed.tsx';
import { Missing } from '../views/missing.tsx';
import { NewPost } from '../views/new-post/new-post.tsx';
import { PostView } from '../views/post/post-view.tsx';
import { ProfileView } from '../views/profile/profile-view.tsx';
import { Search } from '../views/search.tsx';
import { Settings } from '../views/settings/settings.tsx';

/** What a member sees at an address. */
export function View({ route }: { readonly route: Route }) {
  switch (route.view) {
    case 'feed':
      return <Feed />;
    case 'search':
      return <Search prefix={route.prefix} />;
    case 'person':
      return <ProfileView handle={route.handle} />;
    case 'post':
      return <PostView id={route.id} />;
    case 'new':
      return <NewPost />;
    case 'settings':
      return <Settings />;
    // Members are led away from what is for guests.
    case 'log-in':
    case 'sign-up':
    case 'missing':
      return <Missing />;
  }
}
