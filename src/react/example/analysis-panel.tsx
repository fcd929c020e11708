import { type FormEvent, type ReactElement, useState } from 'react';
import { CacheStatusIndicator, type PersonalityCache } from '../index.js';
import { readAnalysis } from './analysis.js';

const postsOf = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

interface Props {
  cache: PersonalityCache;
  posts: readonly string[];
  onPosts: (posts: string[]) => void;
}

/** What a person wrote, and what the model made of it. */
export function AnalysisPanel({ cache, posts, onPosts }: Props): ReactElement {
  const [text, setText] = useState(() => posts.join('\n'));
  const { data, isAnalyzing, isLoading } = cache;
  const busy = isAnalyzing || isLoading;

  function analyse(refresh: boolean): void {
    const next = postsOf(text);
    if (busy || next.length === 0) return;
    onPosts(next);
    void cache.analyze(next, { refresh });
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    analyse(false);
  }

  return (
    <section className="panel" aria-labelledby="analysis">
      <h2 id="analysis">Analysis</h2>
      <CacheStatusIndicator cache={cache} />
      <form onSubmit={submit}>
        <label htmlFor="posts">Posts, one a line</label>
        <textarea id="posts" rows={5} value={text} onChange={(event) => setText(event.target.value)} />
        <div className="actions">
          <button type="submit" className="primary" aria-disabled={busy}>
            Analyse
          </button>
          <button type="button" aria-disabled={busy} onClick={() => analyse(true)}>
            Analyse anew
          </button>
          <button type="button" aria-disabled={busy || !data} onClick={() => data && !busy && void cache.invalidate()}>
            Invalidate
          </button>
        </div>
        <p className="note">“Analyse” answers from the cache while it is fresh; “Analyse anew” asks the model in any case.</p>
      </form>
      {data ? (
        <Result document={data.analysis} model={data.model} />
      ) : (
        <p className="empty">{busy ? 'Looking …' : 'There is no analysis yet.'}</p>
      )}
    </section>
  );
}

function Result({ document, model }: { document: Record<string, unknown>; model: string | null }): ReactElement {
  const { summary, communicationStyle, traits, interests, values } = readAnalysis(document);
  return (
    <div className="result">
      <p className="summary">{summary}</p>
      <ul className="traits">
        {traits.map(({ name, score, evidence }) => (
          <li key={name}>
            <span className="trait-name">{name}</span>
            <span className="trait-score">{score}</span>
            <span className="bar" aria-hidden="true">
              <span style={{ width: `${Math.min(Math.max(score, 0), 100)}%` }} />
            </span>
            <span className="evidence">{evidence}</span>
          </li>
        ))}
      </ul>
      <dl>
        <Words term="Style" words={communicationStyle === '' ? [] : [communicationStyle]} />
        <Words term="Interests" words={interests} />
        <Words term="Values" words={values} />
      </dl>
      {model !== null && (
        <p className="note">
          Written by {model}
          {model.startsWith('simulated') ? ', a simulation: templates, no intelligence' : ''}
        </p>
      )}
    </div>
  );
}

function Words({ term, words }: { term: string; words: string[] }): ReactElement | null {
  if (words.length === 0) return null;
  return (
    <div>
      <dt>{term}</dt>
      <dd>
        {words.map((word) => (
          <span key={word} className="word">
            {word}
          </span>
        ))}
      </dd>
    </div>
  );
}
