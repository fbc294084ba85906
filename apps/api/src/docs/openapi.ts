import type { NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { isJsonObject } from '@orchid/kernel';
import { TENANT_HEADER, USER_HEADER } from '@orchid/identity';
import { componentSchemas } from './component-schemas';
import { ProblemResponse } from './problem.response';

const DESCRIPTION = `Plans say what to read from other companies' APIs, how often, and what to publish.

1. Add an **integration** with the schema of its configs.
2. Add a **config** with values and secrets.
3. Add an **auth flow** if the API wants a token.
4. Add a **plan**, enable or trigger it.
5. Watch its **executions**.

Press *Authorize* and enter a tenant (any UUID) and a user before you try something out. Errors are
\`application/problem+json\` with every fault in \`errors\`. The schema of plans for editors: [/schemas/plan.json](/schemas/plan.json).`;

const TAGS: readonly (readonly [name: string, description: string])[] = [
  ['integrations', 'External APIs'],
  ['configs', 'Values and secrets for an integration'],
  ['auth-flows', 'How to obtain tokens'],
  ['plans', 'What to fetch, how often'],
  ['executions', 'Runs of plans'],
  ['statistics', 'Sums over executions'],
  ['operations', 'Health, metrics, schemas'],
];

/** The description of the API (OpenAPI 3.1). */
export function openApiDocument(app: NestExpressApplication): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Orchid')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .addApiKey({ type: 'apiKey', in: 'header', name: TENANT_HEADER, description: 'The tenant: a UUID.' }, 'tenant')
    .addApiKey({ type: 'apiKey', in: 'header', name: USER_HEADER, description: 'Who you are: any name.' }, 'user')
    .addSecurityRequirements({ tenant: [], user: [] });
  for (const [name, description] of TAGS) builder.addTag(name, description);
  const document = SwaggerModule.createDocument(app, builder.build(), {
    operationIdFactory: operationId,
    extraModels: [ProblemResponse],
  });
  const schemas = { ...document.components?.schemas, ...componentSchemas() };
  return inOpenApi31({ ...document, components: { ...document.components, schemas } });
}

/** OpenAPI 3.1 has no `nullable`, which the decorators still write. */
function inOpenApi31(document: OpenAPIObject): OpenAPIObject {
  return JSON.parse(JSON.stringify(document), (_key, value: unknown) => {
    if (!isJsonObject(value) || value.nullable !== true) return value;
    const { nullable: _nullable, enum: values, type = 'object', ...schema } = value;
    return { ...schema, type: [type, 'null'], ...(Array.isArray(values) && { enum: [...values, null] }) };
  }) as OpenAPIObject;
}

function operationId(controller: string, method: string): string {
  return `${controller.replace(/Controller$/, '')}_${method}`;
}

/** Serves Swagger UI under `/docs` and the document under `/docs-json`. */
export function serveDocs(app: NestExpressApplication): void {
  const document = openApiDocument(app);
  SwaggerModule.setup('docs', app, document, {
    jsonDocumentUrl: 'docs-json',
    raw: ['json'],
    customSiteTitle: 'Orchid API',
    swaggerOptions: {
      persistAuthorization: true,
      displayRequestDuration: true,
      docExpansion: 'list',
      defaultModelsExpandDepth: 1,
      tryItOutEnabled: true,
    },
  });
}
