import { render } from 'preact';
import { InstaContext } from './parts/use-insta.ts';
import { startNavigation } from './routing/navigation.ts';
import { NavigationContext } from './routing/use-navigation.ts';
import { Page } from './shell/page.tsx';
import { readAppearance, setAppearance } from './state/appearance.ts';
import { createClients } from './state/clients.ts';
import { createInsta } from './state/insta.ts';

const place = document.getElementById('page');
if (!place) throw new Error('main.tsx: index.html has no element with the id page; put <div id="page"> into its body');

setAppearance(readAppearance());
render(
  <NavigationContext.Provider value={startNavigation()}>
    <InstaContext.Provider value={createInsta(createClients())}>
      <Page />
    </InstaContext.Provider>
  </NavigationContext.Provider>,
  place,
);
