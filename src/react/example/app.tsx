import { type ReactElement, useState } from 'react';
import { useSWRConfig } from 'swr';
import { usePersonalityCache } from '../index.js';
import { AnalysisPanel } from './analysis-panel.js';
import { type Session, useSession } from './session.js';
import { TuningPanel } from './tuning-panel.js';

/** As an application would have them of its user. */
const samplePosts = [
  'Took the slow train along the coast today and drew every lighthouse on the way.',
  'Does anybody else read manuals for fun? Finished the one of our coffee machine.',
  'Organised the street party again. 140 people, one plan, no rain.',
];

export function App(): ReactElement {
  const { session, error, signIn, signOut } = useSession();
  const { mutate } = useSWRConfig();

  async function leave(): Promise<void> {
    await signOut();
    await mutate(() => true, undefined, { revalidate: false });
  }

  return (
    <>
      <header>
        <h1>Personality</h1>
        <p>An analysis by AI, kept fresh by PostgreSQL.</p>
        {session && (
          <div className="who">
            <span>
              Signed in as <strong>{session.username}</strong>
            </span>
            <button type="button" onClick={() => void leave()}>
              Sign out
            </button>
          </div>
        )}
      </header>
      <main>
        {session ? (
          <Panels key={session.username} username={session.username} />
        ) : (
          <SignIn session={session} error={error} onSignIn={signIn} />
        )}
      </main>
    </>
  );
}

/** Both panels share one state: what one saves the other shows. */
function Panels({ username }: { username: string }): ReactElement {
  const [posts, setPosts] = useState<readonly string[]>(samplePosts);
  const analysis = usePersonalityCache(username, { posts });
  const tuning = usePersonalityCache(username, { saveDelayMs: 250 });
  return (
    <div className="panels">
      <AnalysisPanel cache={analysis} posts={posts} onPosts={setPosts} />
      <TuningPanel cache={tuning} />
    </div>
  );
}

interface SignInProps {
  session: Session;
  error: string | undefined;
  onSignIn: () => Promise<void>;
}

function SignIn({ session, error, onSignIn }: SignInProps): ReactElement {
  if (session === undefined) return <p className="empty">Looking who you are …</p>;
  return (
    <section className="panel sign-in" aria-labelledby="sign-in">
      <h2 id="sign-in">Sign in</h2>
      <p>Here everybody who signs in is the user demo.</p>
      <button type="button" className="primary" onClick={() => void onSignIn()}>
        Sign in as demo
      </button>
      {error !== undefined && (
        <p role="alert" className="evergreen-status__error">
          {error}
        </p>
      )}
    </section>
  );
}
