import { ValidationPipe, type ValidationError } from '@nestjs/common';
import type { Fault } from '@orchid/kernel';
import { BadRequest } from './request.errors';

/** Reads the query of a request: unknown parameters are refused, and texts become what the class says. */
export const queryPipe = new ValidationPipe({
  transform: true,
  whitelist: true,
  forbidNonWhitelisted: true,
  stopAtFirstError: true,
  exceptionFactory: (errors) => {
    const faults = errors.map(faultOf);
    return new BadRequest('invalid_query', faults[0]?.message ?? 'The query is not valid.', faults);
  },
});

function faultOf({ property, constraints = {} }: ValidationError): Fault {
  const [rule = '', message = 'is not valid'] = Object.entries(constraints)[0] ?? [];
  const name = property.slice(0, 64);
  if (rule === 'whitelistValidation') {
    return {
      path: `query.${name}`,
      code: 'unknown_parameter',
      message: `There is no parameter "${name}" here.`,
      hint: 'Remove it.',
    };
  }
  const hint = message.startsWith(name) ? `${message}.` : `${name}: ${message}.`;
  return { path: `query.${name}`, code: 'invalid_parameter', message: `The parameter ${name} is not valid.`, hint };
}
