const key = 'member';

/** Whether whoever used this browser last was logged in then: a guess at who it is now, until the server has said so. */
export function wasMember(): boolean {
  return localStorage.getItem(key) !== null;
}

export function keepWhetherMember(isMember: boolean): void {
  if (isMember) localStorage.setItem(key, 'yes');
  else localStorage.removeItem(key);
}
