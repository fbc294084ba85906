import { CreateCoreTables1760000000000 } from './1760000000000-create-core-tables';

/** Every migration, oldest first. Released ones are never edited. */
export const MIGRATIONS = [CreateCoreTables1760000000000];
