import { stackEnv } from './stack-env';

const none = { ORCHID_STACK_DIR: '/there/is/no/stack' };

describe('stackEnv', () => {
  it('takes what the environment names', () => {
    const env = {
      ...none,
      DATABASE_URL: 'postgresql://db',
      DATABASE_ADMIN_URL: 'postgresql://admin',
      REDIS_URL: 'redis://r',
      KAFKA_BROKERS: 'k:9092',
      RABBITMQ_URL: 'amqp://q',
    };
    expect(stackEnv(env)).toEqual({
      databaseUrl: 'postgresql://db',
      databaseAdminUrl: 'postgresql://admin',
      redisUrl: 'redis://r',
      kafkaBrokers: 'k:9092',
      rabbitmqUrl: 'amqp://q',
    });
  });

  it('has no broker where none is named, and one database URL for both purposes', () => {
    const env = { ...none, DATABASE_URL: 'postgresql://db', REDIS_URL: 'redis://r', KAFKA_BROKERS: '' };
    expect(stackEnv(env)).toEqual({
      databaseUrl: 'postgresql://db',
      databaseAdminUrl: 'postgresql://db',
      redisUrl: 'redis://r',
    });
  });

  it('says what to run when there is no stack', () => {
    expect(() => stackEnv(none)).toThrow('run npm run stack -- up');
    expect(() => stackEnv({ ...none, DATABASE_URL: 'postgresql://db' })).toThrow('run npm run stack -- up');
  });
});
