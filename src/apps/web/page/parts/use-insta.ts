import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Insta } from '../state/insta.ts';
import type { Profile } from '../state/types.ts';
import { useStore } from './use-store.ts';

export const InstaContext = createContext<Insta | undefined>(undefined);

export function useInsta(): Insta {
  const insta = useContext(InstaContext);
  if (!insta)
    throw new Error('useInsta: there is no InstaContext.Provider above this part; put it below one, as main.tsx does');
  return insta;
}

/** Who uses the page; undefined for guests and newcomers. */
export function useMe(): Profile | undefined {
  return useStore(useInsta().session.state, (now) => (now.status === 'member' ? now.me : undefined));
}
