import { Button } from '../../forms/button.tsx';
import { Paged } from '../../parts/paged.tsx';
import { PeopleList } from '../../parts/people-list.tsx';
import { PeopleSkeleton } from '../../parts/skeletons.tsx';
import { useInsta } from '../../parts/use-insta.ts';
import { Section } from './section.tsx';

export function BlockedSection() {
  const { people } = useInsta();
  return (
    <Section title="Blocked people" text="Neither of you sees the other. They are not told.">
      <Paged
        list={people.blocks}
        skeleton={<PeopleSkeleton count={1} />}
        empty={<p class="settings-empty">You have blocked nobody.</p>}
      >
        {(items) => (
          <PeopleList
            label="Blocked people"
            people={items}
            beside={(person) => (
              <Button aria-label={`Unblock @${person.handle}`} onClick={() => void people.unblock(person)}>
                Unblock
              </Button>
            )}
          />
        )}
      </Paged>
    </Section>
  );
}
