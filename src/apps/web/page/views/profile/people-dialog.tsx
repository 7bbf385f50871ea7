import { useMemo } from 'preact/hooks';
import { Dialog } from '../../parts/dialog.tsx';
import { Paged } from '../../parts/paged.tsx';
import { PeopleList } from '../../parts/people-list.tsx';
import { PeopleSkeleton } from '../../parts/skeletons.tsx';
import { useInsta } from '../../parts/use-insta.ts';

export interface PeopleDialogProps {
  readonly handle: string;
  readonly kind: 'followers' | 'following';
  readonly title: string;
  readonly onClose: () => void;
}

/** Who follows somebody, or whom they follow. */
export function PeopleDialog({ handle, kind, title, onClose }: PeopleDialogProps) {
  const { people } = useInsta();
  const list = useMemo(() => people[kind](handle), [handle, kind]);
  const nobody = kind === 'followers' ? `Nobody follows @${handle} yet.` : `@${handle} follows nobody yet.`;
  return (
    <Dialog title={title} kind="list" onClose={onClose}>
      {() => (
        <Paged list={list} skeleton={<PeopleSkeleton />} empty={<p class="dialog-empty">{nobody}</p>}>
          {(items) => <PeopleList label={title} people={items} />}
        </Paged>
      )}
    </Dialog>
  );
}
