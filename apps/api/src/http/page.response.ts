import { applyDecorators, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, getSchemaPath } from '@nestjs/swagger';
import type { Page } from '@orchid/persistence';

/** One page of a list, newest first. */
export interface PageResponse<Row> {
  readonly data: Row[];
  readonly next_cursor: string | null;
}

export function pageOf<Row, Shown>(page: Page<Row>, show: (row: Row) => Shown): PageResponse<Shown> {
  return { data: page.data.map(show), next_cursor: page.nextCursor };
}

type SchemaRef = { readonly $ref: string };

/** The schema of a page of `data`. */
export function pageSchema(item: SchemaRef) {
  return {
    type: 'object' as const,
    required: ['data', 'next_cursor'],
    properties: {
      data: { type: 'array' as const, items: item },
      next_cursor: {
        type: ['string', 'null'] as unknown as 'string',
        description: 'Give it as `cursor` for the next page; null on the last.',
      },
    },
  };
}

/** Documents an answer that is a page of `model`. */
export function ApiPage(model: Type<unknown>): MethodDecorator {
  return applyDecorators(
    ApiExtraModels(model),
    ApiOkResponse({ description: 'A page, newest first.', schema: pageSchema({ $ref: getSchemaPath(model) }) }),
  );
}
