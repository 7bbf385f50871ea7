import { useEffect } from 'preact/hooks';
import { watchSession } from '../api.ts';
import { Messages } from '../parts/messages.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { useInsta } from '../parts/use-insta.ts';
import { useStore } from '../parts/use-store.ts';
import { isForGuests, parseRoute } from '../routing/route.ts';
import { useNavigation } from '../routing/use-navigation.ts';
import { keepWhetherMember } from '../state/was-member.ts';
import { ChooseProfile } from '../views/entry/choose-profile.tsx';
import { Frame } from './frame.tsx';
import { Guest } from './guest.tsx';
import { View } from './view.tsx';
import { Waiting } from './waiting.tsx';

/** The whole page: for whoever it is, at the address where they are. */
export function Page() {
  const { session, toasts, draft } = useInsta();
  const navigation = useNavigation();
  const state = useStore(session.state);
  const place = useStore(navigation.place);
  const route = parseRoute(place.address);

  useEffect(() => {
    const leave = (event: BeforeUnloadEvent) => {
      if (draft.isBegun) event.preventDefault();
    };
    addEventListener('beforeunload', leave);
    const stop = watchSession({
      ended: () => {
        if (session.me()) toasts.say('Your session has ended. Log in again.', { tone: 'trouble' });
        session.end();
      },
      changed: (account) => {
        if (session.me()) toasts.say(`You logged ${account ? 'in as somebody else' : 'out'} in another tab.`);
        void session.changed(account);
      },
      renewed: () => void session.renewed(),
    });
    void session.start();
    return stop;
  }, []);

  useEffect(() => {
    if (state.status !== 'unknown' && state.status !== 'failed') keepWhetherMember(state.status === 'member');
  }, [state.status]);

  const isLost = state.status === 'member' && isForGuests(route);
  useEffect(() => {
    if (isLost) navigation.go('/', { replace: true });
  }, [isLost]);

  return (
    <>
      {content()}
      <Messages />
    </>
  );

  function content() {
    switch (state.status) {
      case 'unknown':
        return <Waiting route={route} />;
      case 'failed':
        return (
          <main class="alone">
            <Trouble error={state.error} missing="" onRetry={() => void session.start()} />
          </main>
        );
      case 'guest':
        return <Guest key={place.visit} route={route} />;
      case 'newcomer':
        return (
          <main class="alone">
            <ChooseProfile />
          </main>
        );
      case 'member':
        return (
          <Frame route={route} me={state.me}>
            {!isLost && <View key={place.visit} route={route} />}
          </Frame>
        );
    }
  }
}
