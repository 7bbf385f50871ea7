import { Button } from '../../forms/button.tsx';
import { checkEmail, checkPassword } from '../../forms/checks.ts';
import { Field } from '../../forms/field.tsx';
import { Form } from '../../forms/form.tsx';
import { useForm } from '../../forms/use-form.ts';
import { useInsta } from '../../parts/use-insta.ts';
import { Link } from '../../routing/link.tsx';
import { useView } from '../../routing/use-view.ts';
import { Entry } from './entry.tsx';

export function LogIn() {
  const { session } = useInsta();
  useView('Log in');
  const form = useForm({
    initial: { email: '', password: '' },
    checks: { email: checkEmail, password: checkPassword },
    send: ({ email, password }) => session.logIn(email, password),
  });
  return (
    <Entry
      title="Welcome back"
      after={
        <>
          New here? <Link to={{ view: 'sign-up' }}>Sign up</Link>
        </>
      }
    >
      <Form label="Log in" form={form}>
        <Field label="E-mail" kind="email" autocomplete="username" autocapitalize="none" {...form.field('email')} />
        <Field label="Password" kind="password" autocomplete="current-password" {...form.field('password')} />
        <Button look="main" type="submit" busy={form.busy}>
          Log in
        </Button>
      </Form>
    </Entry>
  );
}
