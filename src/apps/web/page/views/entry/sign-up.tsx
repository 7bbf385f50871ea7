import { Button } from '../../forms/button.tsx';
import { checkEmail, checkNewPassword, limits } from '../../forms/checks.ts';
import { Field } from '../../forms/field.tsx';
import { Form } from '../../forms/form.tsx';
import { useForm } from '../../forms/use-form.ts';
import { useInsta } from '../../parts/use-insta.ts';
import { Link } from '../../routing/link.tsx';
import { useView } from '../../routing/use-view.ts';
import { Entry } from './entry.tsx';

export function SignUp() {
  const { session } = useInsta();
  useView('Sign up');
  const form = useForm({
    initial: { email: '', password: '' },
    checks: { email: checkEmail, password: checkNewPassword },
    fieldOf: { 'email-taken': 'email' },
    send: ({ email, password }) => session.signUp(email, password),
  });
  return (
    <Entry
      title="Create your account"
      step="Step 1 of 2"
      after={
        <>
          Have an account? <Link to={{ view: 'log-in' }}>Log in</Link>
        </>
      }
    >
      <Form label="Sign up" form={form}>
        <Field
          label="E-mail"
          kind="email"
          autocomplete="username"
          autocapitalize="none"
          hint="To log in with. Nobody else sees it."
          {...form.field('email')}
        />
        <Field
          label="Password"
          kind="password"
          autocomplete="new-password"
          hint={`At least ${limits.password.least} characters. A few words make a good one.`}
          {...form.field('password')}
        />
        <Button look="main" type="submit" busy={form.busy}>
          Continue
        </Button>
      </Form>
    </Entry>
  );
}
