import { Button } from '../../forms/button.tsx';
import { checkNewPassword, checkPassword, limits } from '../../forms/checks.ts';
import { Field } from '../../forms/field.tsx';
import { Form } from '../../forms/form.tsx';
import { useForm } from '../../forms/use-form.ts';
import { useInsta } from '../../parts/use-insta.ts';

export function PasswordForm() {
  const { api, toasts } = useInsta();
  const form = useForm({
    initial: { current: '', next: '' },
    checks: { current: checkPassword, next: checkNewPassword },
    fieldOf: { 'wrong-password': 'current' },
    send: async ({ current, next }) => {
      await api.auth.changePassword({ body: { current, next } });
      form.reset();
      toasts.say('Password changed. Your other sessions have ended.');
    },
  });
  return (
    <Form label="Password" form={form}>
      <Field label="Current password" kind="password" autocomplete="current-password" {...form.field('current')} />
      <Field
        label="New password"
        kind="password"
        autocomplete="new-password"
        hint={`At least ${limits.password.least} characters.`}
        {...form.field('next')}
      />
      <Button look="main" type="submit" busy={form.busy}>
        Change password
      </Button>
    </Form>
  );
}
