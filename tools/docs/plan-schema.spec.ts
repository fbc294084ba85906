import { readFileSync } from 'node:fs';
import path from 'node:path';
import { planSchema } from '@orchid/plan';

it('ships the schema that plans are checked with: orchid plan schema > schemas/plan.json', () => {
  const shipped = readFileSync(path.join(__dirname, '../../schemas/plan.json'), 'utf8');
  expect(JSON.parse(shipped)).toEqual(JSON.parse(JSON.stringify(planSchema)));
});
