import type { z } from 'zod';

/** An issue as a schema raises it, before it has words. */
type Issue = z.core.$ZodRawIssue;

const TYPES: Readonly<Record<string, string>> = {
  string: 'must be text',
  int: 'must be a whole number',
  number: 'must be a whole number',
  boolean: 'must be true or false',
  array: 'must be a list',
  object: 'must be an object',
};

/** Words a schema's issues for whoever sent the value, which is not shown: what must be there, not what a validator expected. */
export function plainFault(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'is missing';
      return TYPES[issue.expected] ?? `must be of the type ${issue.expected}`;
    case 'too_small':
      if (issue.origin === 'string') return 'is empty';
      if (issue.origin === 'array') return `needs at least ${issue.minimum}`;
      return `must be ${issue.minimum} or more`;
    case 'too_big':
      if (issue.origin === 'string') return `is longer than ${issue.maximum} characters`;
      if (issue.origin === 'array') return `holds more than ${issue.maximum}`;
      return `must be ${issue.maximum} or less`;
    case 'invalid_value':
      if (issue.input === undefined) return 'is missing';
      return `must be one of: ${issue.values.map(String).join(', ')}`;
    case 'invalid_format':
      return issue.format === 'datetime' ? 'must be an instant in UTC such as 2026-05-01T12:00:00Z' : 'is malformed';
    case 'unrecognized_keys':
      return `has a field that is not known: ${issue.keys[0]?.slice(0, 40)}`;
    default:
      return issue.message ?? 'is not valid';
  }
}
