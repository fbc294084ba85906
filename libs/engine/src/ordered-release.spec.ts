import fc from 'fast-check';
import { OrderedRelease } from './ordered-release';

describe('OrderedRelease', () => {
  it('releases every item once and in order, whatever the order and timing in which they finish', async () => {
    const schedule = fc.array(fc.tuple(fc.nat(9), fc.nat(5), fc.boolean()), { minLength: 1, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(schedule, fc.integer({ min: 1, max: 12 }), async (items, lanes) => {
        const done = new Set<number>();
        const released: number[] = [];
        const release = new OrderedRelease(lanes * 2, (index) => done.has(index));
        let cursor = 0;
        const lane = async (): Promise<void> => {
          for (let index = cursor++; index < items.length; index = cursor++) {
            await release.room(index);
            const [before, within, aside] = items[index] ?? [0, 0, false];
            await turns(before);
            if (aside) await release.aside(index);
            else
              await release.finished(index, async () => {
                await turns(within);
                released.push(index);
                done.add(index);
                await turns(within);
              });
          }
        };
        await Promise.all(Array.from({ length: lanes }, lane));
        expect(released).toEqual(items.flatMap(([, , aside], index) => (aside ? [] : [index])));
      }),
      { numRuns: 500 },
    );
  });
});

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await Promise.resolve();
}
