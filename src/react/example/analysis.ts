/** What the panels show of an analysis. An application may save analyses of another shape: what is not there is not shown. */
export interface Trait {
  name: string;
  score: number;
  evidence: string;
}

export interface Analysis {
  summary: string;
  communicationStyle: string;
  traits: Trait[];
  interests: string[];
  values: string[];
}

const text = (value: unknown) => (typeof value === 'string' ? value : '');
const texts = (value: unknown) => (Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : []);

export function readAnalysis(document: Record<string, unknown>): Analysis {
  const traits = Array.isArray(document.traits) ? (document.traits as Record<string, unknown>[]) : [];
  return {
    summary: text(document.summary),
    communicationStyle: text(document.communication_style),
    traits: traits
      .filter((trait) => typeof trait?.name === 'string' && typeof trait.score === 'number')
      .map((trait) => ({ name: text(trait.name), score: Number(trait.score), evidence: text(trait.evidence) })),
    interests: texts(document.interests),
    values: texts(document.values),
  };
}

/** Where the score of a trait is adjusted. */
export const scorePath = (name: string) => `/traits/${name.replaceAll('~', '~0').replaceAll('/', '~1')}/score`;
