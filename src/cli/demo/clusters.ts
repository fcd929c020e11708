import type { Evergreen } from '../../index.js';
import type { SampleCompany } from './company.js';
import type { Ledger } from './ledger.js';

const notes = [
  'Deliveries arrive late',
  'Nobody reads the weekly report',
  'Two deliveries were damaged',
  'The report has too many pages',
  'Parking is full by nine',
];

/** The demo's part about clusters: the same items in another order and spacing, a changed item, and the goals that come with a cluster. */
export async function clusterStory(ledger: Ledger, evergreen: Evergreen, company: SampleCompany): Promise<void> {
  const owner = { companyId: company.id };
  ledger.step('Notes of customers are sorted into clusters: an answer that is kept by its input.');
  const { content } = await ledger.call('cluster, 5 notes', () => evergreen.cluster(notes, owner));
  for (const { name, items } of content.clusters) ledger.note(`· ${name}: ${items.join('; ')}`);
  const mixed = notes.toReversed().map((note) => `  ${note.replaceAll(' ', '   ')}`);
  await ledger.call('cluster, other order and spacing', () => evergreen.cluster(mixed, owner));
  await ledger.call('cluster, one note changed', () => evergreen.cluster([...notes.slice(1), 'Deliveries arrive early'], owner));

  ledger.step('Goals follow their cluster.');
  const id = content.id ?? '';
  const { content: goals } = await ledger.call('goals of the first', () => evergreen.clusterGoals(id, owner));
  for (const { title } of goals.goals) ledger.note(`· ${title}`);
  await ledger.call('goals of the first', () => evergreen.clusterGoals(id, owner));
}
