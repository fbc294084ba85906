import { ActiveTime } from './active-time';

describe('ActiveTime', () => {
  it('leaves out the time in which every request waits, and no other', async () => {
    let now = 0;
    const time = new ActiveTime(() => now);
    const pass = (ms: number) => () => {
      now += ms;
      return Promise.resolve();
    };
    await pass(10)();
    await time.ofRequest(async () => {
      await pass(5)();
      await time.ofWait(pass(100));
      await time.ofRequest(async () => {
        await time.ofWait(pass(7));
        await time.ofWait(() => time.ofWait(pass(1000)));
      });
    });
    expect(time.ms()).toBe(22);
    await pass(3)();
    expect(time.ms()).toBe(25);
  });
});
