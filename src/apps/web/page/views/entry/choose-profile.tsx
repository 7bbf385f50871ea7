import { useState } from 'preact/hooks';
import { messageOf } from '../../format/message-of.ts';
import { Button } from '../../forms/button.tsx';
import { checkHandle, checkName, plainHandle, suggestHandle } from '../../forms/checks.ts';
import { Field } from '../../forms/field.tsx';
import { Form } from '../../forms/form.tsx';
import { useForm } from '../../forms/use-form.ts';
import { useInsta } from '../../parts/use-insta.ts';
import { useView } from '../../routing/use-view.ts';
import { Entry } from './entry.tsx';

/** The second step of signing up; also for whoever left after the first. */
export function ChooseProfile() {
  const { session, toasts } = useInsta();
  useView('Choose your profile');
  // Until somebody writes a handle of their own it follows the name.
  const [isOwn, setOwn] = useState(false);
  const form = useForm({
    initial: { name: '', handle: '' },
    checks: { name: checkName, handle: checkHandle },
    fieldOf: { 'handle-taken': 'handle' },
    send: ({ name, handle }) => session.saveProfile({ name, handle: plainHandle(handle), bio: '', avatar: null }),
  });
  const name = form.field('name');
  const handle = form.field('handle');
  return (
    <Entry
      title="Choose your profile"
      step="Step 2 of 2"
      after={
        <button
          type="button"
          class="text-button"
          onClick={() => session.logOut().catch((error: unknown) => toasts.say(messageOf(error), { tone: 'trouble' }))}
        >
          Log out
        </button>
      }
    >
      <Form label="Profile" form={form}>
        <Field
          label="Name"
          autocomplete="name"
          autocapitalize="words"
          hint="As others shall see it. You can change both later."
          {...name}
          onValue={(value) => {
            name.onValue(value);
            if (!isOwn) form.set('handle', suggestHandle(value));
          }}
        />
        <Field
          label="Handle"
          prefix="@"
          autocomplete="off"
          autocapitalize="none"
          hint="By it others find you: a–z, 0–9, dot and underscore."
          {...handle}
          onValue={(value) => {
            setOwn(value !== '');
            handle.onValue(value);
          }}
        />
        <Button look="main" type="submit" busy={form.busy}>
          Start
        </Button>
      </Form>
    </Entry>
  );
}
