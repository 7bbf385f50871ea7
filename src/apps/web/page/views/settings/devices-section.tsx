import { useEffect, useState } from 'preact/hooks';
import { deviceName } from '../../format/device-name.ts';
import { messageOf } from '../../format/message-of.ts';
import { Button } from '../../forms/button.tsx';
import { Alert } from '../../forms/form.tsx';
import { Icon } from '../../parts/icon.tsx';
import { PeopleSkeleton } from '../../parts/skeletons.tsx';
import { useInsta } from '../../parts/use-insta.ts';
import { When } from '../../parts/when.tsx';
import type { Device } from '../../state/types.ts';
import { Section } from './section.tsx';

/** Where one is logged in. */
export function DevicesSection() {
  const { api, toasts } = useInsta();
  const [devices, setDevices] = useState<readonly Device[]>();
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    api.auth.sessions().then(({ items }) => setDevices(items), setError);
  }, []);

  const end = async () => {
    setBusy(true);
    try {
      await api.auth.logOutEverywhere({ query: { except: 'current' } });
      setDevices((now) => now?.filter(({ current }) => current));
      toasts.say('You are logged in only here now.');
    } catch (failure) {
      toasts.say(`Your other sessions have not ended. ${messageOf(failure)}`, { tone: 'trouble' });
    } finally {
      setBusy(false);
    }
  };
  const others = devices?.filter(({ current }) => !current).length ?? 0;
  return (
    <Section title="Devices" text="Where you are logged in. A session that is not used ends by itself.">
      {error !== undefined && <Alert>{messageOf(error)}</Alert>}
      {!devices && error === undefined && <PeopleSkeleton count={1} />}
      {devices && (
        <ul class="devices" aria-label="Sessions">
          {devices.map((device) => (
            <li key={device.id} class="device">
              <Icon name="device" />
              <div>
                <p class="device-name">
                  {deviceName(device.userAgent)} {device.current && <span class="badge">This one</span>}
                </p>
                <p class="device-when">
                  {'Last used '}
                  <When time={device.refreshedAt} />
                </p>
              </div>
            </li>
          ))}
        </ul>
      )}
      {devices && (
        <Button busy={busy} aria-disabled={others === 0} onClick={() => others > 0 && void end()}>
          Log out everywhere else
        </Button>
      )}
    </Section>
  );
}
