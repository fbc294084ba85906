import type { DataSource, EntityManager } from 'typeorm';
import { DispatchWork } from '../dispatch/dispatch-work';
import type { SecretBox } from '../encryption/secret-box';
import { createDataSource, type PoolOptions } from './data-source';
import { DatabaseUnavailable, UnsafeRole } from './database.errors';
import { Listener } from './listener';
import { Statements, TenantStatements } from './statements';
import { TenantWork } from './tenant-work';
import { translateError } from './translate-error';

export interface DatabaseOptions extends Partial<Omit<PoolOptions, 'url'>> {
  /** Of the application's role: what `migrate` returns. */
  readonly url: string;
  /** Seals and opens the secrets of configs; without it configs with secrets can be neither written nor opened. */
  readonly secrets?: SecretBox;
}

/** One transaction: everything done through `work` commits together, or not at all. */
export interface UnitOfWork<Work> {
  run<Result>(body: (work: Work) => Promise<Result>): Promise<Result>;
}

const DEFAULTS = { poolSize: 10, statementTimeoutMs: 15_000, applicationName: 'orchid' };
const OWNS_TABLES = `SELECT 1 FROM pg_class WHERE relkind = 'r' AND relowner = r.oid
  AND relnamespace = 'public'::regnamespace`;
const ROLE = `SELECT rolname AS name, rolsuper OR rolbypassrls AS powerful, EXISTS (${OWNS_TABLES}) AS owner
  FROM pg_roles r WHERE rolname = current_user`;

/** The application's way to PostgreSQL. Its methods throw `DatabaseUnavailable` while PostgreSQL cannot be reached. */
export class Database {
  /** Work across tenants, for the scheduler: schedules and the outline of executions, nothing else. */
  readonly dispatch: UnitOfWork<DispatchWork> = {
    run: (body) =>
      this.transaction('SET LOCAL ROLE orchid_dispatcher', (manager) =>
        body(new DispatchWork(new Statements(manager))),
      ),
  };
  private readonly listeners = new Set<Listener>();

  private constructor(
    private readonly source: DataSource,
    private readonly options: DatabaseOptions,
  ) {}

  static async connect(options: DatabaseOptions): Promise<Database> {
    const source = createDataSource({ ...DEFAULTS, ...options });
    try {
      await source.initialize();
    } catch (error) {
      throw translateError(error);
    }
    return new Database(source, options);
  }

  /** The stores of one tenant; other tenants' rows do not exist in them. */
  tenant(tenantId: string): UnitOfWork<TenantWork> {
    const { secrets = null } = this.options;
    return {
      run: (body) =>
        this.transaction(`SELECT set_config('app.tenant_id', ${quoted(tenantId)}, true)`, (manager) =>
          body(new TenantWork(new TenantStatements(manager, tenantId), secrets)),
        ),
    };
  }

  /** Round trip in milliseconds. */
  async ping(): Promise<number> {
    const start = performance.now();
    await this.guard(() => this.source.query('SELECT 1'));
    return performance.now() - start;
  }

  /** Throws `UnsafeRole` when this connection's role could see past the tenants' isolation. */
  async assertSafeRole(): Promise<void> {
    const [role] = await this.guard(() =>
      this.source.query<{ name: string; powerful: boolean; owner: boolean }[]>(ROLE),
    );
    if (role?.powerful) throw new UnsafeRole(role.name, 'bypasses row level security');
    if (role?.owner) throw new UnsafeRole(role.name, 'owns the tables');
  }

  /**
   * Calls `onNotify` for each NOTIFY on `channel`, over a connection of its own that reconnects for ever -
   * and once after each connect, as a notification may have been missed. Resolves to a function that stops it.
   */
  async listen(channel: string, onNotify: (payload: string) => void): Promise<() => Promise<void>> {
    const listener = new Listener(this.options.url, channel, onNotify);
    this.listeners.add(listener);
    await listener.start();
    return async () => {
      this.listeners.delete(listener);
      await listener.stop();
    };
  }

  /** Ends listeners and pool after the transactions under way. */
  async close(): Promise<void> {
    await Promise.all([...this.listeners].map((listener) => listener.stop()));
    this.listeners.clear();
    if (this.source.isInitialized) await this.source.destroy();
  }

  /** `enter` goes with BEGIN in one round trip: a transaction of one statement takes three. */
  private transaction<Result>(enter: string, body: (manager: EntityManager) => Promise<Result>): Promise<Result> {
    return this.guard(async () => {
      const runner = this.source.createQueryRunner();
      try {
        await runner.query(`BEGIN; ${enter}`);
        const result = await body(runner.manager);
        await runner.query('COMMIT');
        return result;
      } catch (error) {
        // On a broken connection there is nothing left to roll back.
        await runner.query('ROLLBACK').catch(() => undefined);
        throw error;
      } finally {
        await runner.release();
      }
    });
  }

  private async guard<Result>(action: () => Promise<Result>): Promise<Result> {
    if (!this.source.isInitialized) throw new DatabaseUnavailable('the connection was closed', null);
    try {
      return await action();
    } catch (error) {
      throw translateError(error);
    }
  }
}

/** Whatever PostgreSQL takes for one: tenants' ids are made elsewhere, not always by RFC 9562. */
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** As a literal: several statements in one round trip cannot have parameters. What is no UUID names no tenant. */
function quoted(tenantId: string): string {
  return `'${UUID.test(tenantId) ? tenantId : ''}'`;
}
