import { type ReactElement, useId } from 'react';
import { CacheStatusIndicator, type PersonalityCache } from '../index.js';
import { readAnalysis, scorePath } from './analysis.js';

/** What the person says of themselves: kept beside the analysis, shown at once, saved when the slider rests. */
export function TuningPanel({ cache }: { cache: PersonalityCache }): ReactElement {
  const { data } = cache;
  const analysed = data ? readAnalysis(data.analysis).traits : [];
  const shown = data ? readAnalysis(data.personality).traits : [];
  const dropped = Object.keys(data?.droppedTuning ?? {});
  return (
    <section className="panel" aria-labelledby="tuning">
      <h2 id="tuning">Tuning</h2>
      <CacheStatusIndicator cache={cache} labels={{ refresh: 'Reset' }} onRefresh={cache.reset} />
      {shown.length === 0 && <p className="empty">There is nothing to adjust yet.</p>}
      {shown.map(({ name, score }, index) => (
        <Slider
          key={name}
          name={name}
          score={score}
          analysed={analysed[index]?.score ?? score}
          onChange={(value) => void cache.save({ tuning: { [scorePath(name)]: value === analysed[index]?.score ? null : value } })}
        />
      ))}
      {dropped.length > 0 && <p className="note">The latest analysis has no place for: {dropped.join(', ')}.</p>}
    </section>
  );
}

interface SliderProps {
  name: string;
  score: number;
  analysed: number;
  onChange: (score: number) => void;
}

function Slider({ name, score, analysed, onChange }: SliderProps): ReactElement {
  const id = useId();
  const adjusted = score !== analysed;
  return (
    <div className={adjusted ? 'slider adjusted' : 'slider'}>
      <label htmlFor={id}>{name}</label>
      <span className="analysed" id={`${id}-analysed`}>
        {adjusted && `analysed as ${analysed}`}
      </span>
      <output htmlFor={id}>{score}</output>
      <input
        id={id}
        type="range"
        min={0}
        max={100}
        step={1}
        value={score}
        aria-describedby={`${id}-analysed`}
        onChange={(event) => onChange(Number(event.target.value))}
      />
    </div>
  );
}
