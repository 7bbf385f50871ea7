import type { ComponentChildren } from 'preact';
import type { Person } from '../state/types.ts';
import { PersonLine } from './person-line.tsx';
import { useKeptFocus } from './use-kept-focus.ts';

export interface PeopleListProps {
  /** Its accessible name. */
  readonly label: string;
  readonly people: readonly Person[];
  /** What stands beside each. @default - nothing */
  readonly beside?: (person: Person) => ComponentChildren;
}

export function PeopleList({ label, people, beside }: PeopleListProps) {
  const list = useKeptFocus<HTMLUListElement>();
  return (
    <ul ref={list} class="people" aria-label={label}>
      {people.map((person) => (
        <li key={person.id}>
          <PersonLine person={person}>{beside?.(person)}</PersonLine>
        </li>
      ))}
    </ul>
  );
}
