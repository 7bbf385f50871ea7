import { Options } from '../../parts/options.tsx';
import { useInsta } from '../../parts/use-insta.ts';
import { addressOf } from '../../routing/route.ts';
import type { Profile } from '../../state/types.ts';

/** What is seldom done with somebody. */
export function ProfileOptions({ person, isMe }: { readonly person: Profile; readonly isMe: boolean }) {
  const { people } = useInsta();
  const { handle, blockedByMe } = person;
  return (
    <Options
      title={`@${handle}`}
      label={`More about @${handle}`}
      look="is-framed"
      address={addressOf({ view: 'person', handle })}
      grave={
        isMe
          ? undefined
          : {
              icon: 'block',
              label: blockedByMe ? `Unblock @${handle}` : `Block @${handle}`,
              question: {
                title: `Block @${handle}?`,
                text: 'Neither of you will see or follow the other. They are not told. You can unblock them in the settings.',
                yes: 'Block',
                no: 'Cancel',
                onYes: () => void people.block(handle),
              },
              undo: blockedByMe ? () => void people.unblock(person) : undefined,
            }
      }
    />
  );
}
