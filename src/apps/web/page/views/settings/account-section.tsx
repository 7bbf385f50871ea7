import { useEffect, useState } from 'preact/hooks';
import { messageOf } from '../../format/message-of.ts';
import { Button } from '../../forms/button.tsx';
import { useInsta } from '../../parts/use-insta.ts';
import { DeleteAccount } from './delete-account.tsx';
import { Section } from './section.tsx';

export function AccountSection() {
  const { api, session, toasts } = useInsta();
  const [email, setEmail] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [isAsked, setAsked] = useState(false);
  useEffect(() => {
    // Without it the section is as useful.
    api.auth.account().then(
      (account) => setEmail(account.email),
      () => undefined,
    );
  }, []);
  const leave = async () => {
    setBusy(true);
    try {
      await session.logOut();
    } catch (error) {
      setBusy(false);
      toasts.say(`You are still logged in. ${messageOf(error)}`, { tone: 'trouble' });
    }
  };
  return (
    <Section title="Account">
      <p class="settings-text">
        You log in with <strong>{email ?? '…'}</strong>
      </p>
      <div class="settings-buttons">
        <Button busy={busy} onClick={() => void leave()}>
          Log out
        </Button>
        <Button look="danger" onClick={() => setAsked(true)}>
          Delete account
        </Button>
      </div>
      {isAsked && <DeleteAccount onClose={() => setAsked(false)} />}
    </Section>
  );
}
