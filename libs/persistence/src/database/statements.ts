import type { EntityManager, EntityTarget, ObjectLiteral } from 'typeorm';

/** Runs SQL over one transaction's connection and turns rows into entities: the one row mapper of every store. */
export class Statements {
  constructor(private readonly manager: EntityManager) {}

  /** Rows as the driver gives them, under the names of the columns. */
  async rows<Row extends object>(sql: string, params: readonly unknown[] = []): Promise<Row[]> {
    const { records } = await this.execute(sql, params);
    return records as Row[];
  }

  /** Number of rows that the statement touched. */
  async run(sql: string, params: readonly unknown[] = []): Promise<number> {
    return (await this.execute(sql, params)).affected ?? 0;
  }

  async many<T extends ObjectLiteral>(
    entity: EntityTarget<T>,
    sql: string,
    params: readonly unknown[] = [],
  ): Promise<T[]> {
    const { records } = await this.execute(sql, params);
    return (records as ObjectLiteral[]).map((record) => this.hydrate(entity, record));
  }

  async one<T extends ObjectLiteral>(
    entity: EntityTarget<T>,
    sql: string,
    params: readonly unknown[] = [],
  ): Promise<T | null> {
    return (await this.many(entity, sql, params))[0] ?? null;
  }

  /** The row of a statement that always yields one. */
  async first<T extends ObjectLiteral>(
    entity: EntityTarget<T>,
    sql: string,
    params: readonly unknown[] = [],
  ): Promise<T> {
    const row = await this.one(entity, sql, params);
    if (row === null) throw new Error('the statement yielded no row');
    return row;
  }

  private async execute(sql: string, params: readonly unknown[]) {
    const runner = this.manager.queryRunner;
    if (runner === undefined) throw new Error('a store needs a transaction');
    return runner.query(sql, [...params], true);
  }

  private hydrate<T extends ObjectLiteral>(target: EntityTarget<T>, record: ObjectLiteral): T {
    const { dataSource } = this.manager;
    const metadata = dataSource.getMetadata(target);
    const entity = metadata.create() as T;
    for (const column of metadata.columns) {
      const value: unknown = record[column.databaseName];
      column.setEntityValue(entity, dataSource.driver.prepareHydratedValue(value ?? null, column));
    }
    return entity;
  }
}

/** {@link Statements} of one tenant, whose policies let no other tenant's row through. */
export class TenantStatements extends Statements {
  constructor(
    manager: EntityManager,
    readonly tenantId: string,
  ) {
    super(manager);
  }
}
