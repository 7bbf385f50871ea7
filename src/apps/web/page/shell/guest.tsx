import type { Route } from '../routing/route.ts';
import { LogIn } from '../views/entry/log-in.tsx';
import { SignUp } from '../views/entry/sign-up.tsx';

/** Whoever is not logged in may sign up or log in; what they asked for they see after that, as the address stays. */
export function Guest({ route }: { readonly route: Route }) {
  return <main class="alone">{route.view === 'sign-up' ? <SignUp /> : <LogIn />}</main>;
}
