import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { limits, plainHandle } from '../forms/checks.ts';
import { Empty } from '../parts/empty.tsx';
import { Icon } from '../parts/icon.tsx';
import { Paged } from '../parts/paged.tsx';
import { PeopleList } from '../parts/people-list.tsx';
import { PeopleSkeleton } from '../parts/skeletons.tsx';
import { useInsta } from '../parts/use-insta.ts';
import { addressOf } from '../routing/route.ts';
import { useNavigation } from '../routing/use-navigation.ts';
import { useView } from '../routing/use-view.ts';

/** Milliseconds without a key before it is searched. */
const pause = 250;

/** People by the start of their handle. */
export function Search({ prefix }: { readonly prefix: string }) {
  const navigation = useNavigation();
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(prefix);
  const [searched, setSearched] = useState(plainHandle(prefix));
  useView('Search');
  useEffect(() => {
    const timer = setTimeout(() => {
      setSearched(plainHandle(typed));
      navigation.rename(addressOf({ view: 'search', prefix: plainHandle(typed) }));
    }, pause);
    return () => clearTimeout(timer);
  }, [typed]);
  return (
    <div class="page-column">
      <h1 tabIndex={-1}>Search</h1>
      <search>
        <form
          class="search-box"
          onSubmit={(event) => {
            event.preventDefault();
            setSearched(plainHandle(typed));
          }}
        >
          <Icon name="search" />
          <input
            ref={input}
            type="search"
            aria-label="Search people by handle"
            placeholder="The start of a handle"
            value={typed}
            maxLength={limits.prefix.most}
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
        </form>
      </search>
      {searched ? <Found key={searched} prefix={searched} /> : <Nothing />}
    </div>
  );
}

function Found({ prefix }: { readonly prefix: string }) {
  const { people } = useInsta();
  const list = useMemo(() => people.search(prefix), [prefix]);
  return (
    <Paged
      list={list}
      skeleton={<PeopleSkeleton />}
      empty={
        <Empty icon="search" title={`Nobody begins with “${prefix}”`}>
          A handle is searched from its first letter on: “ann” finds @ann and @anna.lee, and not @joann.
        </Empty>
      }
    >
      {(items) => <PeopleList label="People" people={items} />}
    </Paged>
  );
}

function Nothing() {
  return (
    <Empty icon="person" title="Whom do you look for?">
      Type the first letters of somebody’s handle.
    </Empty>
  );
}
