/** Who is signed in, by the cookie that scripts cannot read. */
import { useCallback, useEffect, useState } from 'react';
import type { Envelope, SessionData } from '../../http/types.js';

/** Undefined: not known yet; null: nobody. */
export type Session = SessionData | null | undefined;

/** Whether it is worth asking who is signed in. */
const KNOWN = 'pg-evergreen example: signed in';

async function call(method: string, path: string): Promise<SessionData> {
  const response = await fetch(path, { method });
  const { success, data, error } = (await response.json()) as Envelope<SessionData>;
  if (!success || data === undefined) throw new Error(error ?? `The server answered ${response.status}.`);
  return data;
}

/** The demo's sign-in: whoever asks is the user demo. */
export function useSession() {
  const [session, setSession] = useState<Session>();
  const [error, setError] = useState<string>();

  useEffect(() => {
    if (localStorage.getItem(KNOWN) === null) setSession(null);
    else call('GET', '/api/session').then(setSession, () => setSession(null));
  }, []);

  const signIn = useCallback(async () => {
    setError(undefined);
    try {
      setSession(await call('POST', '/example/session'));
      localStorage.setItem(KNOWN, 'yes');
    } catch (failure) {
      setError((failure as Error).message);
    }
  }, []);

  const signOut = useCallback(async () => {
    localStorage.removeItem(KNOWN);
    await call('DELETE', '/api/session').catch(() => undefined);
    setSession(null);
  }, []);

  return { session, error, signIn, signOut };
}
