import { Button } from '../../forms/button.tsx';
import { checkPassword } from '../../forms/checks.ts';
import { Field } from '../../forms/field.tsx';
import { Form } from '../../forms/form.tsx';
import { useForm } from '../../forms/use-form.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { useInsta } from '../../parts/use-insta.ts';

/** Says what is lost, and asks for the password: whoever finds an open browser cannot do it. */
export function DeleteAccount({ onClose }: { readonly onClose: () => void }) {
  const { session, toasts } = useInsta();
  const form = useForm({
    initial: { password: '' },
    checks: { password: checkPassword },
    fieldOf: { 'wrong-password': 'password' },
    send: async ({ password }) => {
      await session.deleteAccount(password);
      toasts.say('Your account is deleted. Farewell.');
    },
  });
  return (
    <Dialog title="Delete your account?" onClose={onClose}>
      {(close) => (
        <>
          <p>This cannot be undone. What goes with it:</p>
          <ul class="losses">
            <li>your profile, and your handle, which others may then take</li>
            <li>all your posts with their pictures, videos, likes and comments</li>
            <li>your likes and comments on the posts of others</li>
            <li>whom you follow, and who follows you</li>
          </ul>
          <Form label="Delete account" form={form}>
            <Field label="Password" kind="password" autocomplete="current-password" {...form.field('password')} />
            <div class="dialog-buttons">
              <Button onClick={close}>Cancel</Button>
              <Button look="danger" type="submit" busy={form.busy}>
                Delete for ever
              </Button>
            </div>
          </Form>
        </>
      )}
    </Dialog>
  );
}
