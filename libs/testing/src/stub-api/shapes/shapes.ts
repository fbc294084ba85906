import { businessShapes } from './business-shapes';
import { fileShapes } from './file-shapes';
import { pagingShapes } from './paging-shapes';
import type { Shape, ShapeAnswer, ShapeRequest } from './shape';

export interface FoundShape {
  readonly route: string;
  answer(request: Omit<ShapeRequest, 'captured'>): ShapeAnswer;
}

/** Everything under `/v1`: one endpoint for each way of real APIs that the cookbook has a recipe for. */
export class Shapes {
  private readonly shapes: readonly (Shape & { readonly pattern: RegExp })[];

  constructor(total: number, baseUrl: () => string) {
    const all = [...pagingShapes(total, baseUrl), ...fileShapes(total, baseUrl), ...businessShapes()];
    this.shapes = all.map((shape) => ({ ...shape, pattern: patternOf(shape.route) }));
  }

  find(method: string, path: string): FoundShape | null {
    for (const { route, pattern, answer } of this.shapes) {
      const found = pattern.exec(`${method} ${path}`);
      if (found !== null) return { route, answer: (request) => answer({ ...request, captured: found.slice(1) }) };
    }
    return null;
  }
}

function patternOf(route: string): RegExp {
  return new RegExp(`^${route.replace('.', String.raw`\.`).replace(/:\w+/g, '([^/]+)')}$`);
}
