import type { ComponentChildren } from 'preact';
import { addressOf, type Route } from './route.ts';
import { useNavigation } from './use-navigation.ts';

export interface LinkProps {
  readonly to: Exclude<Route, { view: 'missing' }>;
  readonly class?: string;
  readonly 'aria-label'?: string;
  /** `page` for the link to where one is. */
  readonly 'aria-current'?: 'page' | undefined;
  readonly children: ComponentChildren;
}

/** A link within the page. With a modifier key it opens as any link does. */
export function Link({ to, children, ...rest }: LinkProps) {
  const navigation = useNavigation();
  const href = addressOf(to);
  const follow = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigation.go(href);
  };
  return (
    <a {...rest} href={href} onClick={follow}>
      {children}
    </a>
  );
}
