import { z } from 'zod';
import { defineContract, del, file, get, post } from '../../model/index.ts';
import auth from '../auth/contract.ts';

/** The same for every path of the page: what it shows there its script decides. */
const shell = file({ types: ['text/html'] });

/** Whose session it is now. Its tokens are in cookies, where no script can read them. */
const session = auth.routes.logIn.response.pick({ accountId: true, sessionId: true, expiresIn: true });

export default defineContract({
  name: 'web',
  port: 4314,
  routes: {
    home: get('/', { summary: 'The page: the feed.', exposed: true, response: shell }),
    search: get('/search', { summary: 'The page: people by their handle.', exposed: true, response: shell }),
    person: get('/people/:handle', {
      summary: 'The page: a profile.',
      exposed: true,
      params: z.object({ handle: z.string() }),
      response: shell,
    }),
    post: get('/post/:id', {
      summary: 'The page: a post with its comments.',
      exposed: true,
      params: z.object({ id: z.string() }),
      response: shell,
    }),
    compose: get('/new', { summary: 'The page: a new post.', exposed: true, response: shell }),
    settings: get('/settings', {
      summary: 'The page: profile, password, sessions, blocked people.',
      exposed: true,
      response: shell,
    }),
    logInForm: get('/log-in', { summary: 'The page: log in.', exposed: true, response: shell }),
    signUpForm: get('/sign-up', { summary: 'The page: sign up.', exposed: true, response: shell }),
    asset: get('/assets/:name', {
      summary: 'What the page loads. A name is of one content for ever.',
      exposed: true,
      // During an update a new shell may come from one pod, and what it names be asked of an old one.
      retryMissing: true,
      params: z.object({ name: z.string() }),
      response: file({ types: ['text/javascript', 'text/css', 'image/svg+xml', 'image/png', 'font/woff2'] }),
    }),
    logIn: post('/session', {
      summary: 'Logs in: the tokens go into cookies.',
      exposed: true,
      rate: auth.routes.logIn.rate,
      body: auth.routes.logIn.body,
      status: 201,
      response: session,
    }),
    signUp: post('/session/account', {
      summary: 'Makes an account and logs in: the tokens go into cookies.',
      exposed: true,
      rate: auth.routes.register.rate,
      body: auth.routes.register.body,
      status: 201,
      response: session,
    }),
    refresh: post('/session/refresh', {
      summary: 'Puts the next tokens of the session into the cookies.',
      exposed: true,
      rate: auth.routes.refresh.rate,
      response: session,
    }),
    logOut: del('/session', {
      summary: 'Ends the session and clears its cookies; without one it does nothing.',
      exposed: true,
      status: 204,
      response: z.undefined(),
    }),
  },
});
