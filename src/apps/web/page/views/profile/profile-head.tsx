import { useState } from 'preact/hooks';
import { count } from '../../format/count.ts';
import { Avatar } from '../../parts/avatar.tsx';
import { RichText } from '../../parts/rich-text.tsx';
import { Link } from '../../routing/link.tsx';
import type { Profile } from '../../state/types.ts';
import { FollowButton } from './follow-button.tsx';
import { PeopleDialog } from './people-dialog.tsx';
import { ProfileOptions } from './profile-options.tsx';

/** Who it is, who follows whom, and what can be done. */
export function ProfileHead({ person, isMe }: { readonly person: Profile; readonly isMe: boolean }) {
  const { handle, name, bio, followers, following, followsMe, blockedByMe } = person;
  const [open, setOpen] = useState<'followers' | 'following'>();
  return (
    <header class="profile">
      <Avatar person={person} size="large" />
      <div class="profile-text">
        <h1 tabIndex={-1}>{name}</h1>
        <p class="profile-handle">
          @{handle} {followsMe && <span class="badge">Follows you</span>}
        </p>
        <div class="profile-counts">
          <button type="button" class="count-button" disabled={blockedByMe} onClick={() => setOpen('followers')}>
            <strong>{count(followers)}</strong> {followers === 1 ? 'follower' : 'followers'}
          </button>
          <button type="button" class="count-button" disabled={blockedByMe} onClick={() => setOpen('following')}>
            <strong>{count(following)}</strong> following
          </button>
        </div>
        {bio && (
          <p class="profile-bio">
            <RichText text={bio} />
          </p>
        )}
      </div>
      <div class="profile-actions">
        {isMe ? (
          <Link class="button is-plain" to={{ view: 'settings' }}>
            Edit profile
          </Link>
        ) : (
          !blockedByMe && <FollowButton person={person} />
        )}
        <ProfileOptions person={person} isMe={isMe} />
      </div>
      {open && (
        <PeopleDialog
          key={open}
          handle={handle}
          kind={open}
          title={open === 'followers' ? 'Followers' : 'Following'}
          onClose={() => setOpen(undefined)}
        />
      )}
    </header>
  );
}

export function ProfileHeadSkeleton({ handle }: { readonly handle: string }) {
  return (
    <div class="profile">
      <span class="bone avatar is-large" />
      <div class="profile-text">
        <h1 tabIndex={-1}>@{handle}</h1>
        <p class="profile-handle" aria-hidden="true">
          <span class="bone is-line is-short" />
        </p>
        <p class="profile-counts" aria-hidden="true">
          <span class="bone is-line is-middle" />
        </p>
      </div>
      <div class="profile-actions" aria-hidden="true">
        <span class="bone is-button" />
      </div>
    </div>
  );
}
