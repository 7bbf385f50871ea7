/** The name with its mark: two leaves on a trellis. */
export function Logo() {
  return (
    <span class="logo">
      <svg viewBox="0 0 32 32" width="32" height="32" aria-hidden="true">
        <rect class="logo-ground" width="32" height="32" rx="9" />
        <path class="logo-leaf" d="M16 25c0-7 3-11 9-12-.3 7-3.5 10.5-9 12Z" />
        <path class="logo-leaf is-other" d="M16 20c0-6-2.5-10-9-11 .3 6.5 3.5 9.8 9 11Z" />
      </svg>
      Insta
    </span>
  );
}
