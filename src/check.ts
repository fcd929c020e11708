/** Checks arguments before anything is sent anywhere. */
import { z } from 'zod';
import { complaints } from './complaints.js';
import { InvalidInput } from './errors.js';

/** Who asks: an id of the application's, told apart from others byte by byte. */
export const userId = z
  .string()
  .max(512)
  .refine((id) => /\S/.test(id), 'must not be blank');

/** What would be right, where the message of what is wrong does not say it. */
const RIGHT: Record<string, string> = {
  'must be a uuid': 'Pass the id as PostgreSQL writes it, such as 0b54ccab-8d0e-4f0a-9d2d-3f3b1c4a5e6f.',
  'must not be blank': 'Pass text that can be seen; what is optional may be left out.',
  'must be the name of a content type':
    'It is one that set_content_policy made: lower-case letters, digits and _, a letter first, at most 63.',
};

/** The value as the schema takes it; InvalidInput, with a hint, when it does not. `what` is the call it belongs to. */
export function check<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const checked = schema.safeParse(value);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  throw new InvalidInput(`${what}: ${issue?.path.join('.') || 'value'}: ${issue?.message}`, {
    hint: RIGHT[issue?.message ?? ''] ?? `${complaints(checked.error.issues, what, value).join('; ')}${namesOf(schema, issue)}.`,
    detail: z.prettifyError(checked.error),
    cause: checked.error,
  });
}

/** What there is instead of a name that is not known. */
function namesOf(schema: z.ZodType, issue: z.core.$ZodIssue | undefined): string {
  const isOwn = issue?.code === 'unrecognized_keys' && issue.path.length === 0 && schema instanceof z.ZodObject;
  return isOwn ? `; there are ${Object.keys(schema.shape).join(', ')}` : '';
}
