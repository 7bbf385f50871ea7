import { useState } from 'preact/hooks';
import { Button } from '../../forms/button.tsx';
import { checkBio, checkHandle, checkName, limits, plainHandle } from '../../forms/checks.ts';
import { Field } from '../../forms/field.tsx';
import { Form } from '../../forms/form.tsx';
import { useForm } from '../../forms/use-form.ts';
import { useInsta } from '../../parts/use-insta.ts';
import type { Profile } from '../../state/types.ts';
import { AvatarPicker } from './avatar-picker.tsx';

export function ProfileForm({ me }: { readonly me: Profile }) {
  const { session, people, posts, toasts } = useInsta();
  const [avatar, setAvatar] = useState(me.avatar);
  const form = useForm({
    initial: { name: me.name, handle: me.handle, bio: me.bio },
    checks: { name: checkName, handle: checkHandle, bio: checkBio },
    fieldOf: { 'handle-taken': 'handle' },
    send: async ({ name, handle, bio }) => {
      await session.saveProfile({ name, handle: plainHandle(handle), bio, avatar });
      // In both one has the name and picture from before.
      people.known.forget(me.handle);
      posts.forgetLists();
      toasts.say('Profile saved.');
    },
  });
  return (
    <Form label="Profile" form={form}>
      <AvatarPicker person={{ ...me, avatar }} onPicture={setAvatar} />
      <Field label="Name" autocomplete="name" autocapitalize="words" {...form.field('name')} />
      <Field
        label="Handle"
        prefix="@"
        autocomplete="off"
        autocapitalize="none"
        hint="Links to your profile with the old handle no longer work once it is changed."
        {...form.field('handle')}
      />
      <Field label="Bio" kind="lines" autocapitalize="sentences" most={limits.bio.most} {...form.field('bio')} />
      <Button look="main" type="submit" busy={form.busy}>
        Save profile
      </Button>
    </Form>
  );
}
