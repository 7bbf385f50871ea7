import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Navigation } from './navigation.ts';

export const NavigationContext = createContext<Navigation | undefined>(undefined);

export function useNavigation(): Navigation {
  const navigation = useContext(NavigationContext);
  if (!navigation) {
    throw new Error(
      'useNavigation: there is no NavigationContext.Provider above this part; put it below one, as main.tsx does',
    );
  }
  return navigation;
}
