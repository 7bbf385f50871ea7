import { useMe } from '../../parts/use-insta.ts';
import { useView } from '../../routing/use-view.ts';
import { AccountSection } from './account-section.tsx';
import { AppearanceSection } from './appearance-section.tsx';
import { BlockedSection } from './blocked-section.tsx';
import { DevicesSection } from './devices-section.tsx';
import { PasswordForm } from './password-form.tsx';
import { ProfileForm } from './profile-form.tsx';
import { Section } from './section.tsx';

export function Settings() {
  const me = useMe();
  useView('Settings');
  return (
    <div class="page-column settings">
      <h1 tabIndex={-1}>Settings</h1>
      <Section title="Profile">{me && <ProfileForm me={me} />}</Section>
      <AppearanceSection />
      <Section title="Password" text="All your other sessions end when you change it.">
        <PasswordForm />
      </Section>
      <DevicesSection />
      <BlockedSection />
      <AccountSection />
    </div>
  );
}
